using Microsoft.Extensions.Logging;
using ServerlessRouter.Configuration;
using ServerlessRouter.Configuration.Loading;
using ServerlessRouter.Configuration.Stored;
using ServerlessRouter.State;
using Xunit;

namespace ServerlessRouter.Core.Tests.Configuration.Stored;

/// <summary>Several instances over one store agree on what they run on.</summary>
public sealed class StoredConfigurationTests : IAsyncLifetime
{
    private static readonly byte[] First = ConfigurationDraft.ValidText;
    private static readonly byte[] Second = new ConfigurationDraft().Set("server", """{"maxRequestBytes":4096}""").ToText();
    private static readonly byte[] Bad = new ConfigurationDraft().Set("models.mini.contextWindow", "0").Set("routes.auto.candidates.0", "\"mni\"").ToText();

    private Instances _instances = null!;

    public Task InitializeAsync()
    {
        _instances = Instances.None();
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await _instances.DisposeAsync();

    [Fact]
    public async Task Replace_OnOneInstance_IsThereAtOnceAndOnEveryOtherWithinTheRefreshInterval()
    {
        var (one, two, three) = (await _instances.StartAsync(), await _instances.StartAsync(), await _instances.StartAsync());

        var version = await Instances.ReplaceAsync(one, First);

        Assert.Equal(RouterConfigLoader.VersionOf(First), version);
        Assert.Equal(version, one.Models.Current.Version);
        Assert.NotEqual(version, two.Models.Current.Version);
        Assert.True(three.Models.Current.ServesNoCaller);
        _instances.PassRefresh();
        await _instances.AllRunOnAsync(version);
    }

    [Fact]
    public async Task Start_StoreHasAnActiveConfiguration_RunsOnItFromTheFirstRequest()
    {
        var version = await Instances.ReplaceAsync(await _instances.StartAsync(), First);

        Assert.Equal(version, (await _instances.StartAsync()).Models.Current.Version);
    }

    [Fact]
    public async Task Start_StoreHasNone_KeepsWhatTheHostGave() => Assert.True((await _instances.StartAsync()).Models.Current.ServesNoCaller);

    [Fact]
    public async Task Replace_Bad_IsRefusedWithEveryErrorAndChangesNothing()
    {
        var router = await _instances.StartAsync();
        var version = await Instances.ReplaceAsync(router, First);

        var refused = Assert.IsType<ConfigurationChange.Refused>(await router.Configurations!.ReplaceAsync(Bad, null, CancellationToken.None));

        Assert.Equal(2, refused.Errors.Length);
        Assert.Equal(version, router.Models.Current.Version);
        Assert.Equal(version, (await router.Configurations.Store.FindActiveAsync())!.Version);
        Assert.Single(await router.Configurations.Store.ListAsync());
    }

    [Fact]
    public async Task Activate_OlderVersion_IsTheWayBackForAllInstances()
    {
        var (one, two) = (await _instances.StartAsync(), await _instances.StartAsync());
        var first = await Instances.ReplaceAsync(one, First);
        var second = await Instances.ReplaceAsync(one, Second);

        var back = Assert.IsType<ConfigurationChange.Activated>(await two.Configurations!.ActivateAsync(first, second, CancellationToken.None));

        Assert.Equal((first, second), (back.Version, back.Previous));
        await _instances.TakeTurnsAsync();
        await _instances.AllRunOnAsync(first);
        Assert.Equal(RouterModel.DefaultMaxRequestBytes, one.Models.Current.MaxRequestBytes);
    }

    [Fact]
    public async Task Activate_NeverSaved_IsUnknown() =>
        Assert.Equal(new ConfigurationChange.UnknownVersion("none"), await (await _instances.StartAsync()).Configurations!.ActivateAsync("none", null, CancellationToken.None));

    [Fact]
    public async Task Replace_AnotherVersionIsActiveThanExpected_IsAConflictThatNamesIt()
    {
        var (one, two) = (await _instances.StartAsync(), await _instances.StartAsync());
        var first = await Instances.ReplaceAsync(one, First);
        var second = await Instances.ReplaceAsync(one, Second);

        Assert.Equal(new ConfigurationChange.Conflict(second), await two.Configurations!.ReplaceAsync(First, first, CancellationToken.None));
        Assert.Equal(second, (await one.Configurations!.Store.FindActiveAsync())!.Version);
    }

    [Fact]
    public async Task Replace_ByManyAtOnce_OneWordHoldsForAll()
    {
        RouterServices[] routers = [await _instances.StartAsync(), await _instances.StartAsync(), await _instances.StartAsync(), await _instances.StartAsync()];
        var texts = routers.Select((_, index) => new ConfigurationDraft().Set("server", $$"""{"maxRequestBytes":{{5000 + index}}}""").ToText()).ToArray();

        await Task.WhenAll(routers.Select((router, index) => Task.Run(() => Instances.ReplaceAsync(router, texts[index]))));

        await _instances.TakeTurnsAsync();
        await _instances.AllRunOnAsync((await routers[0].Configurations!.Store.FindActiveAsync())!.Version);
        Assert.Equal(texts.Length, (await routers[0].Configurations!.Store.ListAsync()).Count);
    }

    [Fact]
    public async Task Follow_StoreIsDown_StaysOnTheLastAndCatchesUp()
    {
        var (one, two) = (await _instances.StartAsync(), await _instances.StartAsync());
        var first = await Instances.ReplaceAsync(one, First);
        await _instances.TakeTurnsAsync();
        var second = await Instances.ReplaceAsync(one, Second);
        _instances.Store.Answer = static _ => throw new TableStoreUnavailableException("down");

        await _instances.TakeTurnsAsync();
        Assert.Equal(first, two.Models.Current.Version);

        _instances.Store.Answer = null;
        await _instances.TakeTurnsAsync();
        await _instances.AllRunOnAsync(second);
    }

    [Fact]
    public async Task Start_StoreIsDown_StartsOnWhatTheHostGave()
    {
        _instances.Store.Answer = static _ => throw new TableStoreUnavailableException("down");

        Assert.True((await _instances.StartAsync()).Models.Current.ServesNoCaller);
    }

    [Fact]
    public async Task Follow_SecretIsMissingHere_KeepsTheOldSaysSoOnceAndTriesAgain()
    {
        var hasSecret = false;
        var one = await _instances.StartAsync();
        var two = await _instances.StartAsync(name => hasSecret ? name == "TEAM_A_KEY" ? ConfigurationDraft.CallerSecret : ConfigurationDraft.ProviderSecret : null);
        var version = await Instances.ReplaceAsync(one, First);

        await _instances.TakeTurnsAsync();
        await _instances.TakeTurnsAsync();

        Assert.True(two.Models.Current.ServesNoCaller);
        Assert.Single(_instances.Log.AtLeast(LogLevel.Error), static entry => entry.Mentions("has 2 errors on this instance"));
        hasSecret = true;
        _instances.Time.Advance(TimeSpan.FromSeconds(30));
        await _instances.AllRunOnAsync(version);
    }

    [Fact]
    public async Task Follow_SecretWasRotated_ComesIntoUseUnderTheSameVersion()
    {
        var key = ConfigurationDraft.CallerSecret;
        var router = await _instances.StartAsync(name => name == "TEAM_A_KEY" ? key : ConfigurationDraft.ProviderSecret);
        await Instances.ReplaceAsync(router, First);
        var before = router.Models.Current;

        _instances.PassSecrets();
        await _instances.TakeTurnsAsync();
        Assert.Same(before, router.Models.Current);

        key = "the-rotated-s3cret-of-team-a";
        _instances.PassSecrets();
        await _instances.TakeTurnsAsync();
        Assert.NotSame(before, router.Models.Current);
        Assert.Equal(before.Version, router.Models.Current.Version);
        Assert.NotEqual(before.CallersByKeyHash.Keys, router.Models.Current.CallersByKeyHash.Keys);
    }

    [Fact]
    public async Task Follow_TextIsDamagedInTheStore_KeepsTheOldAndSaysSo()
    {
        var (one, two) = (await _instances.StartAsync(), await _instances.StartAsync());
        var first = await Instances.ReplaceAsync(one, First);
        await _instances.TakeTurnsAsync();
        var second = await Instances.ReplaceAsync(one, Second);
        await _instances.Store.WriteAsync("configuration", TableOperation.Delete($"text-{second}", "0000", TableETag.Any));

        await _instances.TakeTurnsAsync();

        Assert.Equal(first, two.Models.Current.Version);
        Assert.Contains(_instances.Log.AtLeast(LogLevel.Error), static entry => entry.Mentions("is not whole"));
    }
}
