namespace ServerlessRouter.Pipeline;

/// <summary>The rest of an attempt's pipeline.</summary>
public delegate ValueTask<AttemptResult> NextAttemptStage(AttemptContext attempt, CancellationToken cancellationToken);
