using System.Collections.Frozen;
using ServerlessRouter.Audit;
using ServerlessRouter.Configuration;
using ServerlessRouter.Core.Tests.Configuration;
using ServerlessRouter.Core.Tests.State;
using ServerlessRouter.Errors;
using ServerlessRouter.Keys;
using ServerlessRouter.State.Memory;
using Xunit;

namespace ServerlessRouter.Core.Tests.Keys;

/// <summary>Admin keys with a budget: what their keys may spend comes to no more.</summary>
public sealed class AdminBudgetTests
{
    private static readonly AdminAct Lead = Bound(100);

    private readonly KeyFleet _fleet = new();

    [Theory]
    [InlineData("""{"tier":"pro"}""", "each needs a budget per month")]
    [InlineData("""{"tier":"pro","budget":{"usd":1,"per":"day"}}""", "each needs a budget per month")]
    [InlineData("""{"tier":"pro","budget":{"usd":40.01,"per":"month"}}""", "would have budgets of 100.01 USD per month together, and it may give 100")]
    public async Task Create_BeyondTheBudget_IsRefusedWithTheSum(string terms, string message)
    {
        var here = await _fleet.StartAsync();
        await here.IssueAsync("first", Month(60), Lead);
        await here.IssueAsync("owners", Month(1000));

        var error = (await here.TryIssueAsync("second", terms, Lead)).Error!;

        Assert.Equal((RouterErrorCode.PermissionDenied, "budget"), (error.Code, error.Param));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        await here.IssueAsync("second", Month(40), Lead);
    }

    [Fact]
    public async Task Change_BeyondTheBudget_IsRefusedAndChangesNothing()
    {
        var here = await _fleet.StartAsync();
        var (id, secret) = await here.IssueAsync("first", Month(60), Lead);
        await here.IssueAsync("second", Month(30), Lead);

        var error = (await here.ChangeAsync(id, """{"budget":{"usd":71,"per":"month"}}""", Lead)).Error!;
        var without = (await here.ChangeAsync(id, """{"budget":null}""", Lead)).Error!;

        Assert.Equal((RouterErrorCode.PermissionDenied, RouterErrorCode.PermissionDenied), (error.Code, without.Code));
        Assert.Contains("101 USD", error.Message, StringComparison.Ordinal);
        Assert.Equal(60_000_000, Assert.Single(here.Call(secret).Caller!.Limits).Amount);
        Assert.Null((await here.ChangeAsync(id, """{"budget":{"usd":70,"per":"month"}}""", Lead)).Error);
    }

    [Fact]
    public async Task Enable_And_Rotate_BeyondABudgetThatWasLowered_AreRefused()
    {
        var here = await _fleet.StartAsync();
        var (id, secret) = await here.IssueAsync("first", Month(60), Lead);
        await here.IssueAsync("second", Month(40), Lead);
        var lowered = Bound(99);

        Assert.Equal(RouterErrorCode.PermissionDenied, (await here.Admin.RotateAsync(lowered, id, TimeSpan.Zero, CancellationToken.None)).Error!.Code);
        here.AssertAccepted(secret, "first");
        Assert.Null((await here.Admin.SetDisabledAsync(lowered, id, isDisabled: true, CancellationToken.None)).Error);
        Assert.Equal(RouterErrorCode.PermissionDenied, (await here.Admin.SetDisabledAsync(lowered, id, isDisabled: false, CancellationToken.None)).Error!.Code);
        here.AssertRefused(secret);

        Assert.Null((await here.Admin.SetDisabledAsync(Lead, id, isDisabled: false, CancellationToken.None)).Error);
        Assert.Null((await here.Admin.RotateAsync(Lead, id, TimeSpan.Zero, CancellationToken.None)).Error);
    }

    [Fact]
    public async Task Enable_And_Rotate_OfATierThatWasTakenAway_AreRefused()
    {
        var here = await _fleet.StartAsync();
        var (id, _) = await here.IssueAsync("first", Month(60), Lead);
        var moved = Lead with { Admin = Lead.Admin with { Tiers = FrozenSet.Create("default") } };

        Assert.Equal("tier", (await here.Admin.RotateAsync(moved, id, TimeSpan.Zero, CancellationToken.None)).Error!.Param);
        Assert.Null((await here.Admin.SetDisabledAsync(moved, id, isDisabled: true, CancellationToken.None)).Error);
        Assert.Equal("tier", (await here.Admin.SetDisabledAsync(moved, id, isDisabled: false, CancellationToken.None)).Error!.Param);
    }

    [Theory]
    [InlineData("\"downgrade\"", 50, 34, "100.8", 33)]
    [InlineData("""{"downgradeUpTo":2}""", 40, 11, "102", 10)]
    public async Task KeysOfATierThatDowngrades_CountWithWhatTheyMaySpend(string atLimit, int first, int tooMuch, string sum, int fits)
    {
        var here = await _fleet.StartAsync(new ConfigurationDraft().Set("tiers.pro.atLimit", atLimit));
        await here.IssueAsync("first", Month(first), Lead);

        var error = (await here.TryIssueAsync("second", Month(tooMuch), Lead)).Error!;

        Assert.Equal((RouterErrorCode.PermissionDenied, "budget"), (error.Code, error.Param));
        Assert.Contains($"would have budgets of {sum} USD per month together, what their tiers let them spend beyond those ('downgradeUpTo') included, and it may give 100.", error.Message, StringComparison.Ordinal);
        await here.IssueAsync("second", Month(fits), Lead);
    }

    /// <summary>The other creation takes place before each call to the store that the first one makes, one after the other.</summary>
    [Fact]
    public async Task TwoCreationsAtOnce_WhereverTheyMeet_OneIsRefused()
    {
        for (var place = 1; ; place++)
        {
            var store = new ScriptedStore(new MemoryTableStore(TimeProvider.System));
            var fleet = new KeyFleet(store);
            var (here, there) = (await fleet.StartAsync(), await fleet.StartAsync());
            await here.IssueAsync("first", Month(30), Lead);
            KeyOutcome? other = null;
            var calls = store.Calls;
            store.Answer = async _ =>
            {
                if (store.Calls - calls != place)
                    return;
                store.Answer = null;
                other = await there.TryIssueAsync("theirs", Month(50), Lead);
            };

            var own = await here.TryIssueAsync("ours", Month(50), Lead);

            if (other is null)
            {
                Assert.True(place > 5, $"The creation made {place - 1} calls.");
                break;
            }

            var refused = Assert.Single(new[] { own, other }, static outcome => outcome.Error is not null);
            Assert.Contains("130 USD per month together", refused.Error!.Message, StringComparison.Ordinal);
            Assert.Equal(2, (await here.Admin.ListAsync(Lead.Admin, null, 10, CancellationToken.None)).Keys.Count);
        }
    }

    private static AdminAct Bound(decimal usd) => new(
        new AdminModel("lead", AdminRole.Keys) { Tiers = FrozenSet.Create("pro"), Budget = new AdminBudget((long)(usd * 1_000_000), "month", LimitWindow.Month) }, "r-lead");

    private static string Month(decimal usd) => $$"""{"tier":"pro","budget":[{"usd":{{usd}},"per":"month"}]}""";
}
