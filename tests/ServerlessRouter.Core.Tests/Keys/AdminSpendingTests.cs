using System.Collections.Frozen;
using ServerlessRouter.Audit;
using ServerlessRouter.Configuration;
using ServerlessRouter.Core.Tests.Configuration;
using ServerlessRouter.Errors;
using ServerlessRouter.State;
using ServerlessRouter.State.Memory;
using Xunit;

namespace ServerlessRouter.Core.Tests.Keys;

/// <summary>Admin keys with a budget: what their keys have spent is not given again in the same window, whatever becomes of the keys.</summary>
public sealed class AdminSpendingTests
{
    private static readonly AdminAct Lead = new(new AdminModel("lead", AdminRole.Keys) { Tiers = FrozenSet.Create("pro"), Budget = new AdminBudget(100_000_000, "month", LimitWindow.Month) }, "r-lead");

    private readonly KeyFleet _fleet = new();

    [Fact]
    public async Task Create_BehindADeletedKeyThatHasSpent_IsBoundByWhatIsLeft()
    {
        var here = await _fleet.StartAsync();
        var (id, secret) = await here.IssueAsync("first", Month(100), Lead);
        await SpendAsync(here, secret, 60);
        Assert.Null((await here.Admin.DeleteAsync(Lead, id, CancellationToken.None)).Error);

        var error = (await here.TryIssueAsync("second", Month(41), Lead)).Error!;

        Assert.Equal((RouterErrorCode.PermissionDenied, "budget"), (error.Code, error.Param));
        Assert.Contains("would have budgets of 41 USD per month together, beside 60 USD that keys since deleted or lowered have spent, or hold, in this month, and it may give 100", error.Message, StringComparison.Ordinal);
        await here.IssueAsync("second", Month(40), Lead);
        await here.IssueAsync("owners", Month(1000));
    }

    [Fact]
    public async Task Create_OnAnotherInstanceAndAfterARestart_KnowsWhatWasSpent()
    {
        var (here, there) = (await _fleet.StartAsync(), await _fleet.StartAsync());
        var (id, secret) = await here.IssueAsync("first", Month(100), Lead);
        await there.TurnAsync();
        await SpendAsync(there, secret, 30);
        await SpendAsync(here, secret, 30);
        await here.Admin.DeleteAsync(Lead, id, CancellationToken.None);

        var restarted = await _fleet.StartAsync();

        Assert.Contains("beside 60 USD", (await restarted.TryIssueAsync("second", Month(41), Lead)).Error!.Message, StringComparison.Ordinal);
        await restarted.IssueAsync("second", Month(40), Lead);
    }

    [Fact]
    public async Task Create_BehindALoweredKey_CountsWhatItSpentBefore()
    {
        var here = await _fleet.StartAsync();
        var (id, secret) = await here.IssueAsync("first", Month(100), Lead);
        await SpendAsync(here, secret, 60);
        Assert.Null((await here.ChangeAsync(id, Month(1), Lead)).Error);

        Assert.Contains("42 USD per month together, beside 59 USD", (await here.TryIssueAsync("second", Month(41), Lead)).Error!.Message, StringComparison.Ordinal);
        await here.IssueAsync("second", Month(40), Lead);
        Assert.Equal(RouterErrorCode.PermissionDenied, (await here.ChangeAsync(id, Month(61), Lead)).Error!.Code);
        Assert.Null((await here.ChangeAsync(id, Month(60), Lead)).Error);
    }

    [Fact]
    public async Task Create_UnderTheSameName_GoesOnWithItsCountAndIsNotCountedTwice()
    {
        var here = await _fleet.StartAsync();
        var (id, secret) = await here.IssueAsync("search", Month(100), Lead);
        await SpendAsync(here, secret, 60);
        await here.Admin.DeleteAsync(Lead, id, CancellationToken.None);

        await here.IssueAsync("search", Month(100), Lead);

        Assert.Equal(RouterErrorCode.PermissionDenied, (await here.TryIssueAsync("second", Month(1), Lead)).Error!.Code);
    }

    [Fact]
    public async Task NextWindow_BeginsAtNothing_AndForgetsTheRows()
    {
        var store = new MemoryTableStore(_fleet.Time);
        var fleet = new KeyFleet(store, _fleet.Time);
        var here = await fleet.StartAsync();
        for (var month = 0; month < 3; month++)
        {
            var (id, secret) = await here.IssueAsync($"first-{month}", Month(100), Lead);
            await SpendAsync(here, secret, 100);
            await here.Admin.DeleteAsync(Lead, id, CancellationToken.None);
            Assert.Equal(RouterErrorCode.PermissionDenied, (await here.TryIssueAsync("second", Month(1), Lead)).Error!.Code);
            _fleet.Time.Advance(TimeSpan.FromDays(32));
            Assert.Equal(1, await PastRowsAsync(store));
        }
    }

    [Fact]
    public async Task KeyOfATierThatIsGone_CountsAsWhatItMaySpend()
    {
        var before = await _fleet.StartAsync();
        await before.IssueAsync("first", Month(60), Lead);
        var after = await _fleet.StartAsync(new ConfigurationDraft().Set("routes.auto.rules", "[]").Remove("tiers").Remove("keys"));
        var other = Lead with { Admin = Lead.Admin with { Tiers = null } };

        var error = (await after.TryIssueAsync("second", """{"budget":{"usd":41,"per":"month"}}""", other)).Error!;

        Assert.Contains("101 USD per month together", error.Message, StringComparison.Ordinal);
        await after.IssueAsync("second", """{"budget":{"usd":40,"per":"month"}}""", other);
    }

    [Fact]
    public async Task KeyThatWentBeyondItsBudgetAndIsMovedToATierThatRefuses_CountsAsWhatItSpent()
    {
        var here = await _fleet.StartAsync(new ConfigurationDraft().Set("tiers.pro.atLimit", "\"downgrade\"").Set("tiers.plain", "{}"));
        var lead = Lead with { Admin = Lead.Admin with { Tiers = null } };
        var (id, secret) = await here.IssueAsync("first", Month(50), lead);
        await SpendAsync(here, secret, 60);
        Assert.Null((await here.ChangeAsync(id, """{"tier":"plain"}""", lead)).Error);

        var error = (await here.TryIssueAsync("second", """{"tier":"plain","budget":{"usd":41,"per":"month"}}""", lead)).Error!;

        Assert.Contains("budgets of 91 USD per month together, beside 10 USD", error.Message, StringComparison.Ordinal);
        await here.IssueAsync("second", """{"tier":"plain","budget":{"usd":40,"per":"month"}}""", lead);
    }

    [Fact]
    public async Task KeyWithoutABudgetOfThePeriod_IsNamed_AndMustBeMendedFirst()
    {
        var here = await _fleet.StartAsync();
        var unbounded = Lead with { Admin = Lead.Admin with { Budget = null } };
        var (first, _) = await here.IssueAsync("first", """{"tier":"pro"}""", unbounded);
        var (second, _) = await here.IssueAsync("second", """{"tier":"pro","budget":{"usd":1,"per":"day"}}""", unbounded);

        var error = (await here.TryIssueAsync("third", Month(1), Lead)).Error!;

        Assert.Equal(RouterErrorCode.PermissionDenied, error.Code);
        Assert.Contains("has no budget per month, so nothing bounds what it may spend. Give it one, or delete it", error.Message, StringComparison.Ordinal);
        Assert.Null((await here.ChangeAsync(first, Month(60), Lead)).Error);
        Assert.Equal(RouterErrorCode.PermissionDenied, (await here.ChangeAsync(second, Month(41), Lead)).Error!.Code);
        Assert.Null((await here.ChangeAsync(second, Month(30), Lead)).Error);
        await here.IssueAsync("third", Month(10), Lead);
    }

    [Fact]
    public async Task KeysBeyondABoundThatWasNarrowed_CanBeLoweredOneByOne()
    {
        var here = await _fleet.StartAsync();
        var wide = Lead with { Admin = Lead.Admin with { Budget = new AdminBudget(300_000_000, "month", LimitWindow.Month) } };
        var (first, _) = await here.IssueAsync("first", Month(150), wide);
        var (second, _) = await here.IssueAsync("second", Month(150), wide);

        Assert.Null((await here.ChangeAsync(first, Month(50), Lead)).Error);
        Assert.Null((await here.ChangeAsync(second, Month(50), Lead)).Error);
        Assert.Equal(RouterErrorCode.PermissionDenied, (await here.TryIssueAsync("third", Month(1), Lead)).Error!.Code);
    }

    [Fact]
    public async Task WhatADeletedKeyHolds_CountsUntilItIsGivenBack()
    {
        var (here, there) = (await _fleet.StartAsync(), await _fleet.StartAsync());
        var (id, secret) = await here.IssueAsync("first", Month(100), Lead);
        await there.TurnAsync();
        there.Spend(secret, 10);
        await there.SettleAsync();
        await here.Admin.DeleteAsync(Lead, id, CancellationToken.None);

        Assert.Equal(RouterErrorCode.PermissionDenied, (await here.TryIssueAsync("second", Month(90), Lead)).Error!.Code);
        _fleet.Time.Advance(TimeSpan.FromMinutes(1));
        await there.SettleAsync();
        await here.IssueAsync("second", Month(90), Lead);
    }

    /// <summary>A key spends, and rests until what it holds beside is given back.</summary>
    private async Task SpendAsync(KeyInstance instance, string secret, decimal usd)
    {
        instance.Spend(secret, usd);
        await instance.SettleAsync();
        _fleet.Time.Advance(TimeSpan.FromMinutes(1));
        await instance.SettleAsync();
    }

    private static async Task<int> PastRowsAsync(MemoryTableStore store)
    {
        var rows = 0;
        await foreach (var row in store.QueryAsync("keys", TableQuery.InPartition("keys", TableKeyRange.Prefix("past.")), CancellationToken.None))
            rows++;
        return rows;
    }

    private static string Month(decimal usd) => $$"""{"tier":"pro","budget":[{"usd":{{usd}},"per":"month"}]}""";
}
