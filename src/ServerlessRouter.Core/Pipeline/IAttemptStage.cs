namespace ServerlessRouter.Pipeline;

/// <summary>A stage that runs once for each attempt.</summary>
public interface IAttemptStage
{
    /// <summary>Does its one thing around <paramref name="next"/>.</summary>
    ValueTask<AttemptResult> InvokeAsync(AttemptContext attempt, NextAttemptStage next, CancellationToken cancellationToken);
}
