namespace ServerlessRouter.State;

/// <summary>The outcome of one write and, when it is done, the row's new ETag (null after a delete).</summary>
public readonly record struct TableWriteResult(TableOutcome Outcome, string? ETag = null)
{
    /// <summary>True when the write took place.</summary>
    public bool IsDone => Outcome == TableOutcome.Done;
}
