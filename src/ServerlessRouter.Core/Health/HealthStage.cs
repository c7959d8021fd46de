using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Health;

/// <summary>Lets an attempt through its deployment's breaker, and learns from how it ends.</summary>
internal sealed class HealthStage(HealthRegistry registry) : IAttemptStage
{
    /// <summary>Calls <paramref name="next"/> when the breaker allows it; else fails with no call made.</summary>
    public ValueTask<AttemptResult> InvokeAsync(AttemptContext attempt, NextAttemptStage next, CancellationToken cancellationToken)
    {
        var deployment = attempt.Deployment!;
        return registry.Find(deployment).TryEnter(attempt)
            ? next(attempt, cancellationToken)
            : ValueTask.FromResult<AttemptResult>(new AttemptFailure(FailureKind.NoDeployment, $"The deployment '{deployment.Id}' takes no calls right now."));
    }
}
