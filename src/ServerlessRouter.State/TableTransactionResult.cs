namespace ServerlessRouter.State;

/// <summary>The outcome of a transaction: the new ETags in the order of its operations, or which operation's condition failed.</summary>
/// <param name="Outcome">Done, or why the failed operation failed; then nothing was written.</param>
/// <param name="ETags">One per operation when done (null for a delete), else empty.</param>
/// <param name="FailedIndex">The index of the operation that failed; null when done.</param>
public sealed record TableTransactionResult(TableOutcome Outcome, IReadOnlyList<string?> ETags, int? FailedIndex = null)
{
    /// <summary>True when every operation took place.</summary>
    public bool IsDone => Outcome == TableOutcome.Done;
}
