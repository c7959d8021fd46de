using Microsoft.Extensions.Logging;
using ServerlessRouter.Core.Tests.Configuration;
using ServerlessRouter.Keys;
using ServerlessRouter.Testing.Diagnostics;
using Xunit;

namespace ServerlessRouter.Core.Tests.Keys;

/// <summary>Keys of the configuration that have the secret of an issued one: which of them counts is told, once, and never the secret.</summary>
public sealed class ShadowedKeysTests : IDisposable
{
    private readonly KeyFleet _fleet = new();
    private readonly LogCollector _log = new();

    public void Dispose() => _log.Dispose();

    [Fact]
    public async Task KeyOfTheConfiguration_WithTheSecretOfAnIssuedOne_IsToldOnceByBothNames()
    {
        var here = await _fleet.StartAsync();
        var (_, secret) = await here.IssueAsync("search");
        var look = LookOf(here);
        await look();
        Assert.Empty(_log.Entries);

        await PublishAsync(here, new ConfigurationDraft(), secret);
        await look();
        await look();

        var warning = Assert.Single(_log.AtLeast(LogLevel.Warning)).Message;
        Assert.Contains("keys.team-a of the configuration has the same secret as the key 'search' that was issued", warning, StringComparison.Ordinal);
        Assert.Contains("rotate 'search', or draw one for keys.team-a", warning, StringComparison.Ordinal);
        _log.AssertNeverMentions(secret, LogLevel.Trace);
        here.AssertAccepted(secret, "team-a");
    }

    [Fact]
    public async Task IssuedKeyIsRotated_NothingIsToldUntilTheConfigurationHasThatSecretToo()
    {
        var here = await _fleet.StartAsync();
        var (id, first) = await here.IssueAsync("search");
        var look = LookOf(here);
        await PublishAsync(here, new ConfigurationDraft(), first);
        await look();
        var second = (await here.Admin.RotateAsync(KeyFleet.Owner, id, TimeSpan.Zero, CancellationToken.None)).Secret!;
        await look();
        Assert.Single(_log.Entries);

        await PublishAsync(here, new ConfigurationDraft(), second);
        await look();

        Assert.Equal(2, _log.Entries.Count);
    }

    [Fact]
    public async Task KeyThatAnotherInstanceIssued_IsToldOnceItIsKnownHere()
    {
        var (here, there) = (await _fleet.StartAsync(), await _fleet.StartAsync());
        var (_, secret) = await there.IssueAsync("search");
        var look = LookOf(here);
        await PublishAsync(here, new ConfigurationDraft(), secret);
        await look();
        Assert.Empty(_log.Entries);

        await here.TurnAsync();
        await look();

        Assert.Contains("'search'", Assert.Single(_log.Entries).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AdminKeyWithTheSecretOfAnIssuedKey_IsToldAsWhatItIs()
    {
        var here = await _fleet.StartAsync();
        var (_, secret) = await here.IssueAsync("search");
        await PublishAsync(here, new ConfigurationDraft().Set("adminKeys", """{"lead":{"secret":"env:LEAD_KEY","role":"keys"}}"""), secret, "LEAD_KEY");

        await LookOf(here)();

        Assert.Contains("adminKeys.lead of the configuration has the same secret as the key 'search' that was issued, so the caller 'search' is an admin too", Assert.Single(_log.Entries).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task KeysThatLookIssuedAndAreNot_AreNotTold()
    {
        var (here, elsewhere) = (await _fleet.StartAsync(), await new KeyFleet().StartAsync());
        await here.IssueAsync("search");
        var (_, secret) = await elsewhere.IssueAsync("search");
        await PublishAsync(here, new ConfigurationDraft(), secret);

        await LookOf(here)();

        Assert.Empty(_log.Entries);
    }

    private Func<Task> LookOf(KeyInstance instance)
    {
        var step = new ShadowedKeys(instance.Keys, instance.Models, new IssuedKeyOptions(), _log.CreateLogger<ShadowedKeys>()).Step;
        return async () => await step.RunAsync(CancellationToken.None);
    }

    private static async Task PublishAsync(KeyInstance instance, ConfigurationDraft draft, string secret, string variable = "TEAM_A_KEY")
    {
        var loaded = await draft.LoadAsync((variable, secret));
        Assert.Empty(loaded.Errors);
        instance.Models.Publish(loaded.Model!);
    }
}
