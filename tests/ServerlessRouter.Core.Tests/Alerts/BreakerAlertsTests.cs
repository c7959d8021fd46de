using ServerlessRouter.Alerts;
using ServerlessRouter.Alerts.Sources;
using ServerlessRouter.Core.Tests.Health;
using ServerlessRouter.Errors;
using Xunit;

namespace ServerlessRouter.Core.Tests.Alerts;

public sealed class BreakerAlertsTests
{
    private readonly HealthWorld _world = new();

    [Fact]
    public async Task Look_DeploymentIsDownForLongerThanAMoment_FiresOnceAndEndsOnceItAnswers()
    {
        using var scene = Scene();
        await _world.CallAsync(5, FailureKind.ServerError);
        await scene.TurnAsync();
        Assert.Empty(scene.Desk.Open);

        for (var turn = 0; turn < 6; turn++)
            await scene.AdvanceAsync(TimeSpan.FromSeconds(30));
        var alert = Assert.Single(scene.Desk.Open);
        Assert.Equal(("m/0", AlertSeverity.Warning), (alert.Subject, alert.Severity));
        Assert.Contains("Too many of its calls fail", alert.Cause, StringComparison.Ordinal);

        await _world.CallAsync();
        for (var turn = 0; turn < 3; turn++)
            await scene.AdvanceAsync(TimeSpan.FromSeconds(30));

        Assert.Empty(scene.Desk.Open);
        Assert.Equal(["Fired 1", "Resolved 1"], await scene.MessagesAsync());
    }

    [Theory]
    [InlineData(FailureKind.QuotaExhausted)]
    [InlineData(FailureKind.CredentialRefused)]
    public async Task Look_OnlyAPersonCanMendIt_IsCriticalAtOnce(FailureKind kind)
    {
        using var scene = Scene();
        await _world.CallAsync(kind);

        await scene.TurnAsync();

        Assert.Equal(AlertSeverity.Critical, Assert.Single(scene.Desk.Open).Severity);
    }

    [Fact]
    public async Task Look_RateLimitThatIsOver_IsNone()
    {
        using var scene = Scene();
        await _world.CallAsync(FailureKind.RateLimited, TimeSpan.FromSeconds(10));

        for (var turn = 0; turn < 10; turn++)
            await scene.AdvanceAsync(TimeSpan.FromSeconds(30));

        Assert.Empty(await scene.ListAsync());
    }

    private AlertScene Scene()
    {
        var scene = new AlertScene(time: _world.Time);
        scene.Desk.Watch(new BreakerAlerts(_world.Registry, scene.Models));
        return scene;
    }
}
