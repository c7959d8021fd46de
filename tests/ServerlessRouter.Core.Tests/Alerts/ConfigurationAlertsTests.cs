using ServerlessRouter.Alerts.Sources;
using ServerlessRouter.Configuration;
using ServerlessRouter.Configuration.Stored;
using Xunit;

namespace ServerlessRouter.Core.Tests.Alerts;

public sealed class ConfigurationAlertsTests
{
    private static readonly UnloadedConfiguration Bad = new("v-bad", [new ConfigurationProblem("providers.vendor.credential", "is 's3cret'"), new ConfigurationProblem("routes.auto", "is bad")]);

    private UnloadedConfiguration? _unloaded;

    [Fact]
    public async Task Look_StoredOneCannotBeLoaded_FiresOnceAndEndsWhenOneCanBe()
    {
        using var scene = Scene();
        _unloaded = Bad;
        for (var turn = 0; turn < 60; turn++)
            await scene.AdvanceAsync(TimeSpan.FromSeconds(30));
        var alert = Assert.Single(scene.Desk.Open);
        Assert.Equal("stored configuration", alert.Subject);
        Assert.Contains("Version v-bad has 2 errors, the first at providers.vendor.credential", alert.Cause, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", alert.Cause, StringComparison.Ordinal);

        _unloaded = null;
        await scene.TurnAsync();

        Assert.Empty(scene.Desk.Open);
        Assert.Equal(["Fired 2", "Resolved 2"], await scene.MessagesAsync());
    }

    [Fact]
    public async Task Look_AnotherInstanceCanLoadIt_TheAlertStays()
    {
        using var scene = Scene();
        using var other = scene.Twin();
        other.Desk.Watch(new ConfigurationAlerts(static () => null, other.Models, "other"));
        _unloaded = Bad;

        for (var turn = 0; turn < 60; turn++)
        {
            await scene.AdvanceAsync(TimeSpan.FromSeconds(30));
            await other.TurnAsync();
        }

        Assert.Single(other.Desk.Open);
        Assert.Single(await scene.MessagesAsync());
    }

    [Fact]
    public async Task Look_TheInstanceThatSawItIsGone_EndsByItself()
    {
        using var scene = Scene();
        using var other = scene.Twin();
        _unloaded = Bad;
        await scene.TurnAsync();

        await other.AdvanceAsync(TimeSpan.FromMinutes(11));

        Assert.Empty(other.Desk.Open);
    }

    [Fact]
    public async Task Note_FileIsRefusedAndThenMended_FiresAndEnds()
    {
        using var scene = new AlertScene();
        var source = new ConfigurationAlerts(static () => null, scene.Models, "first");
        scene.Desk.Watch(source);

        source.Note("v-bad", Bad.Errors);
        await scene.TurnAsync();
        Assert.Equal("configuration file", Assert.Single(scene.Desk.Open).Subject);
        source.Note("v-good", []);
        await scene.TurnAsync();

        Assert.Empty(scene.Desk.Open);
    }

    private AlertScene Scene()
    {
        var scene = new AlertScene();
        scene.Desk.Watch(new ConfigurationAlerts(() => _unloaded, scene.Models, "first"));
        return scene;
    }
}
