using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Health;

/// <summary>Lets an attempt through its deployment's breaker, and learns from how it ends.</summary>
internal sealed class HealthStage(HealthRegistry registry) : IAttemptStage
{
    /// <summary>Calls <paramref name="next"/> when the breaker allows it; else fails with no call made.</summary>
    public ValueTask<AttemptResult> InvokeAsync(AttemptContext attempt, NextAttemptStage next, CancellationToken cancellationToken)
    {
        var health = registry.Find(attempt.Deployment!);
        return health.TryEnter(attempt) ? next(attempt, cancellationToken) : ValueTask.FromResult<AttemptResult>(Refused(attempt, health.Vitals(attempt.Deployment!)));
    }

    private static AttemptFailure Refused(AttemptContext attempt, in DeploymentVitals vitals)
    {
        attempt.Opening = Opening.Better(null, vitals);
        return new AttemptFailure(FailureKind.NoDeployment, $"The deployment '{attempt.Deployment!.Id}' takes no calls right now.")
        {
            RetryAfter = TimeSpan.FromSeconds(vitals.OpenForSeconds),
        };
    }
}
