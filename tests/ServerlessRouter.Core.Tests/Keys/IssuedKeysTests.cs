using System.Text;
using ServerlessRouter.Admission;
using ServerlessRouter.Configuration.Secrets;
using ServerlessRouter.Core.Tests.Configuration;
using ServerlessRouter.Core.Tests.State;
using ServerlessRouter.Errors;
using ServerlessRouter.Keys;
using ServerlessRouter.State;
using ServerlessRouter.State.Memory;
using ServerlessRouter.Testing.Models;
using ServerlessRouter.Testing.Time;
using Xunit;

namespace ServerlessRouter.Core.Tests.Keys;

/// <summary>What happens to issued keys, on the instance where it is done and on the others.</summary>
public sealed class IssuedKeysTests
{
    private readonly KeyFleet _fleet = new();

    [Fact]
    public async Task Key_Issued_CallsAtOnceHereAndElsewhereAfterATurn()
    {
        var (here, there) = (await _fleet.StartAsync(), await _fleet.StartAsync());

        var (_, secret) = await here.IssueAsync("search", """{"tier":"pro","routes":["auto"],"tags":{"team":"search"}}""");

        var (caller, error) = here.Call(secret);
        Assert.Null(error);
        Assert.Equal(("search", "pro", "search"), (caller!.Name, caller.Tier.Name, caller.Tags["team"]));
        Assert.True(caller.Allows("auto"));
        Assert.False(caller.Allows("large"));
        there.AssertRefused(secret);
        await there.TurnAsync();
        there.AssertAccepted(secret, "search");
        (await _fleet.StartAsync()).AssertAccepted(secret, "search");
    }

    [Fact]
    public async Task Key_LooksLikeOneThatScannersKnow()
    {
        var (_, secret) = await (await _fleet.StartAsync()).IssueAsync("search");

        Assert.Matches("^sr-[0-9A-Za-z]{49}$", secret);
        Assert.True(IssuedKeyText.IsWellFormed(secret));
        for (var place = 3; place < secret.Length; place++)
        {
            var mistyped = $"{secret[..place]}{(secret[place] == 'a' ? 'b' : 'a')}{secret[(place + 1)..]}";
            Assert.False(IssuedKeyText.IsWellFormed(mistyped), $"a mistake at {place}");
        }
    }

    [Theory]
    [InlineData("disable")]
    [InlineData("delete")]
    [InlineData("rotate")]
    [InlineData("expire")]
    [InlineData("tier")]
    public async Task Key_TakenAway_IsRefusedHereAtOnceAndElsewhereAfterATurn(string how)
    {
        var (here, there) = (await _fleet.StartAsync(), await _fleet.StartAsync());
        var (id, secret) = await here.IssueAsync("search", """{"tier":"pro","expires":"2026-01-02"}""");
        await there.TurnAsync();
        there.AssertAccepted(secret, "search");

        switch (how)
        {
            case "disable":
                await here.Admin.SetDisabledAsync(KeyFleet.Owner, id, isDisabled: true, CancellationToken.None);
                break;
            case "delete":
                await here.Admin.DeleteAsync(KeyFleet.Owner, id, CancellationToken.None);
                break;
            case "rotate":
                await here.Admin.RotateAsync(KeyFleet.Owner, id, TimeSpan.Zero, CancellationToken.None);
                break;
            case "expire":
                _fleet.Time.Advance(TimeSpan.FromDays(1));
                break;
            case "tier":
                here.Models.Publish(await new ConfigurationDraft().Remove("tiers.pro").Remove("keys.team-a.tier").Remove("routes.auto.rules").AcceptAsync());
                there.Models.Publish(here.Models.Current);
                break;
        }

        var code = how == "tier" ? RouterErrorCode.PermissionDenied : RouterErrorCode.InvalidApiKey;
        here.AssertRefused(secret, code);
        await there.TurnAsync();
        there.AssertRefused(secret, code);
    }

    [Fact]
    public async Task Key_Enabled_CallsAgain()
    {
        var here = await _fleet.StartAsync();
        var (id, secret) = await here.IssueAsync("search", """{"disabled":true}""");
        Assert.Contains("'search' is disabled", here.AssertRefused(secret).Message, StringComparison.Ordinal);

        await here.Admin.SetDisabledAsync(KeyFleet.Owner, id, isDisabled: false, CancellationToken.None);

        here.AssertAccepted(secret, "search");
    }

    [Fact]
    public async Task Key_RotatedWithOverlap_IsAcceptedBesideTheNewOneUntilItEnds()
    {
        var (here, there) = (await _fleet.StartAsync(), await _fleet.StartAsync());
        var (id, old) = await here.IssueAsync("search");

        var rotated = await here.Admin.RotateAsync(KeyFleet.Owner, id, TimeSpan.FromHours(1), CancellationToken.None);
        await there.TurnAsync();

        _fleet.Time.Advance(TimeSpan.FromMinutes(59));
        there.AssertAccepted(old, "search");
        there.AssertAccepted(rotated.Secret!, "search");
        _fleet.Time.Advance(TimeSpan.FromMinutes(1));
        there.AssertRefused(old);
        here.AssertRefused(old);
        there.AssertAccepted(rotated.Secret!, "search");
    }

    [Fact]
    public async Task LastKey_Deleted_DoesNotOpenTheRouterToCallersWithoutOne()
    {
        var here = await _fleet.StartAsync(new ConfigurationDraft().Remove("keys"));
        Assert.Null(CallerIdentity.Find(here.Models.Current, new ListedHeaders(), out _));
        var (id, _) = await here.IssueAsync("only");

        await here.Admin.DeleteAsync(KeyFleet.Owner, id, CancellationToken.None);

        Assert.Equal(RouterErrorCode.InvalidApiKey, CallerIdentity.Find(here.Models.Current, new ListedHeaders(), out _)!.Code);
    }

    [Fact]
    public async Task Name_DeletedAndIssuedAgain_IsAnotherKeyEverywhere()
    {
        var (here, there) = (await _fleet.StartAsync(), await _fleet.StartAsync());
        var (id, old) = await here.IssueAsync("search");
        await there.TurnAsync();

        await here.Admin.DeleteAsync(KeyFleet.Owner, id, CancellationToken.None);
        var (_, young) = await here.IssueAsync("search");
        await there.TurnAsync();

        there.AssertRefused(old);
        there.AssertAccepted(young, "search");
    }

    [Fact]
    public async Task Instance_FarBehind_CatchesUp()
    {
        var (here, there) = (await _fleet.StartAsync(), await _fleet.StartAsync());
        var issued = new List<(string Id, string Secret)>();
        for (var number = 0; number < IssuedKeyRows.RememberedChanges + 5; number++)
            issued.Add(await here.IssueAsync($"key-{number}"));
        await here.Admin.DeleteAsync(KeyFleet.Owner, issued[0].Id, CancellationToken.None);

        await there.TurnAsync();

        there.AssertRefused(issued[0].Secret);
        for (var number = 1; number < issued.Count; number++)
            there.AssertAccepted(issued[number].Secret, $"key-{number}");
    }

    [Fact]
    public async Task Admins_AtTheSameTime_LoseNoChange()
    {
        var instances = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => _fleet.StartAsync()));

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 40).Select(number => Task.Run(() => instances[number % 4].TryIssueAsync($"key-{number / 2}"))));

        // Each name was asked for twice: one got it, the other was told so or came too late again and again.
        foreach (var instance in instances)
            await instance.TurnAsync();
        Assert.All(outcomes.Where(static outcome => outcome.Error is not null), static outcome => Assert.Contains(outcome.Error!.Code, new[] { RouterErrorCode.Conflict, RouterErrorCode.TemporarilyUnavailable }));
        var issued = outcomes.Where(static outcome => outcome.Error is null).ToList();
        Assert.Equal(issued.Count, issued.DistinctBy(static outcome => outcome.Key!.Name).Count());
        Assert.NotEmpty(issued);
        foreach (var outcome in issued)
            Assert.All(instances, instance => instance.AssertAccepted(outcome.Secret!, outcome.Key!.Name));
    }

    [Fact]
    public async Task Store_HoldsNothingThatOpensTheRouter()
    {
        var tables = new MemoryTableStore(new ManualTimeProvider());
        var fleet = new KeyFleet(tables);
        var here = await fleet.StartAsync();
        var (id, first) = await here.IssueAsync("search");
        var second = (await here.Admin.RotateAsync(KeyFleet.Owner, id, TimeSpan.FromHours(1), CancellationToken.None)).Secret!;

        var values = new List<string>();
        foreach (var table in new[] { "keys", "audit" })
        {
            await foreach (var row in tables.QueryAsync(table, TableQuery.All))
                values.AddRange(row.Properties.Values.Append(row.RowKey).Select(static value => value.Kind == TableValueKind.Binary ? Convert.ToHexString(value.AsBinary().Span) + Encoding.UTF8.GetString(value.AsBinary().Span) : value.ToString()));
        }

        Assert.True(values.Count > 10);
        Assert.All(values, value => Assert.DoesNotContain(first[3..], value, StringComparison.Ordinal));
        Assert.All(values, value => Assert.DoesNotContain(second[3..], value, StringComparison.Ordinal));
        // Whatever stands in the store, sent as a key, is none.
        Assert.All(values.SelectMany(static value => new[] { value, "sr-" + value, value.ToUpperInvariant(), value.ToLowerInvariant() }).Where(static value => value.Length > 0), value => Assert.NotNull(here.Call(value).Error));
    }

    [Fact]
    public async Task Store_DownAtTheStart_KeysAreUndecidedAndNotUnknown()
    {
        var store = new ScriptedStore(new MemoryTableStore(new ManualTimeProvider()));
        var fleet = new KeyFleet(store);
        var (_, secret) = await (await fleet.StartAsync()).IssueAsync("search");
        store.Answer = static _ => throw new TableStoreUnavailableException("down");
        var late = new KeyInstance(await new ConfigurationDraft().AcceptAsync(), new IssuedKeyOptions(), store, fleet.Time);
        await Assert.ThrowsAsync<TableStoreUnavailableException>(late.TurnAsync);

        Assert.NotNull(late.AssertRefused(secret, RouterErrorCode.TemporarilyUnavailable).RetryAfter);
        late.AssertRefused("sr-no-key-of-this-form");
        store.Answer = null;
        await late.TurnAsync();
        late.AssertAccepted(secret, "search");
    }

    [Fact]
    public async Task Store_GoesDown_KnownKeysGoOn()
    {
        var store = new ScriptedStore(new MemoryTableStore(new ManualTimeProvider()));
        var here = await new KeyFleet(store).StartAsync();
        var (_, secret) = await here.IssueAsync("search");

        store.Answer = static _ => throw new TableStoreUnavailableException("down");
        await Assert.ThrowsAsync<TableStoreUnavailableException>(here.TurnAsync);

        here.AssertAccepted(secret, "search");
    }

    [Fact]
    public async Task Job_OfAnIssuedKey_IsRecalledByItsName()
    {
        var here = await _fleet.StartAsync();
        var (id, _) = await here.IssueAsync("search", """{"tier":"pro"}""");

        Assert.Null(CallerIdentity.Recall(here.Models.Current, "search", out var caller));
        Assert.Equal("pro", caller!.Tier.Name);
        await here.Admin.DeleteAsync(KeyFleet.Owner, id, CancellationToken.None);
        Assert.NotNull(CallerIdentity.Recall(here.Models.Current, "search", out _));
    }

    [Fact]
    public async Task Turn_NothingChanged_ReadsOneRow()
    {
        var store = new ScriptedStore(new MemoryTableStore(new ManualTimeProvider()));
        var here = await new KeyFleet(store).StartAsync();
        await here.IssueAsync("search");
        var before = store.Calls;

        await here.TurnAsync();

        Assert.Equal(1, store.Calls - before);
    }
}
