namespace ServerlessRouter.Pipeline;

/// <summary>A stage that runs once for each attempt.</summary>
public interface IAttemptStage
{
    /// <summary>Does its one thing around <paramref name="next"/>.</summary>
    ValueTask<AttemptResult> InvokeAsync(AttemptContext attempt, NextAttemptStage next, CancellationToken cancellationToken);
}

/// <summary>The rest of an attempt's pipeline.</summary>
public delegate ValueTask<AttemptResult> NextAttemptStage(AttemptContext attempt, CancellationToken cancellationToken);
