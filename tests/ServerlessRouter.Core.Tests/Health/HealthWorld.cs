using ServerlessRouter.Configuration;
using ServerlessRouter.Core.Tests.Dispatch;
using ServerlessRouter.Domain;
using ServerlessRouter.Errors;
using ServerlessRouter.Health;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Testing.Time;
using Xunit;

namespace ServerlessRouter.Core.Tests.Health;

/// <summary>The health of one deployment, and calls to it that a test begins and ends.</summary>
internal sealed class HealthWorld
{
    private readonly HealthStage _stage;

    public HealthWorld(HealthOptions? options = null, int? requestsPerMinute = null, int? tokensPerMinute = null)
    {
        Model = Given.Model("m", [Given.Deployment("m/0", requestsPerMinute: requestsPerMinute, tokensPerMinute: tokensPerMinute)]);
        Registry = new HealthRegistry(options ?? new HealthOptions(), Time);
        Registry.Announce(Events);
        _stage = new HealthStage(Registry);
    }

    public ManualTimeProvider Time { get; } = new();

    public RecordedHealthEvents Events { get; } = new();

    public HealthRegistry Registry { get; }

    public LanguageModel Model { get; }

    public DeploymentVitals Vitals => Registry.Of(Model.Deployments[0]);

    /// <summary>Begins a call; null when health does not let it through.</summary>
    public async Task<AttemptContext?> BeginAsync(DeploymentChoice choice = DeploymentChoice.Fresh, AttemptReason reason = AttemptReason.First)
    {
        var attempt = Given.Attempt(Time, Model, choice: choice, reason: reason);
        var wasCalled = false;
        var result = await _stage.InvokeAsync(attempt, (_, _) =>
        {
            wasCalled = true;
            return new(new AttemptFailure(FailureKind.ServerError, "unused"));
        }, CancellationToken.None);
        if (!wasCalled)
            Assert.Equal(FailureKind.NoDeployment, result.Failure!.Kind);
        return wasCalled ? attempt : null;
    }

    public void End(AttemptContext attempt, FailureKind? kind = null, TimeSpan? retryAfter = null, TokenUsage usage = default) => attempt.End(
        Time.GetTimestamp(), kind is { } failed ? new AttemptFailure(failed, "as the test wants") { RetryAfter = retryAfter } : null, usage, 0);

    /// <summary>A whole call, which health must let through.</summary>
    public async Task CallAsync(FailureKind? kind = null, TimeSpan? retryAfter = null, DeploymentChoice choice = DeploymentChoice.Fresh) =>
        End(await BeginAsync(choice) ?? throw new InvalidOperationException("health let nothing through"), kind, retryAfter);

    public async Task CallAsync(int times, FailureKind? kind = null)
    {
        for (var call = 0; call < times; call++)
            await CallAsync(kind);
    }
}
