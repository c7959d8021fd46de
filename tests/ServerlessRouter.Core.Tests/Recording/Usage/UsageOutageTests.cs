using ServerlessRouter.Core.Tests.State;
using ServerlessRouter.Recording;
using ServerlessRouter.Recording.Usage;
using ServerlessRouter.State;
using ServerlessRouter.Testing.Chance;
using Xunit;

namespace ServerlessRouter.Core.Tests.Recording.Usage;

/// <summary>What was used while the store was away, or while it refused one row, is written afterwards.</summary>
public sealed class UsageOutageTests
{
    private const int CellsOfAnAccount = 2000;

    private readonly UsageFleet _fleet = new();

    [Theory, InlineData(3 * CellsOfAnAccount), InlineData(40 * CellsOfAnAccount)]
    public async Task Store_IsDownForMoreThanADay_WritesAllOnceItIsBack(int keys)
    {
        var fickle = new FickleStore(_fleet.Store, new SeededRandomSource(1)) { CallsLeft = 0 };
        var books = _fleet.Join(fickle);
        for (var slot = 0; slot < UsageLedger.MaxUnwritten; slot++)
        {
            Settle(books, "team");
            _fleet.Time.Advance(TimeSpan.FromMinutes(UsageShelf.SlotMinutes));
        }

        for (var key = 0; key < keys; key++)
            Settle(books, $"key-{key}");
        await Assert.ThrowsAsync<TableStoreUnavailableException>(() => UsageFleet.FlushAsync(books));
        fickle.CallsLeft = null;
        await UsageFleet.FlushAsync(books);

        var tally = Assert.Single(await _fleet.ReadAsync(UsageBucket.Window, UsageGroups.None)).Tally;
        Assert.Equal((UsageLedger.MaxUnwritten + keys, (UsageLedger.MaxUnwritten + keys) * UsageFleet.CostUsd), (tally.Requests, tally.CostUsd));
        Assert.InRange(await _fleet.CountAsync('s'), 1, UsageLedger.MaxAccounts);
    }

    [Fact]
    public async Task Store_RefusesOneRow_TakesTheOthersAndThatOneLater()
    {
        var store = new ScriptedStore(_fleet.Store);
        var books = _fleet.Join(store);
        for (var hour = 0; hour < 3; hour++)
        {
            _fleet.Settle(books);
            _fleet.Time.Advance(TimeSpan.FromHours(1));
        }

        // The first call asks for the state of the roll-up, the second writes the first row.
        store.Answer = _ => store.Calls == 2 ? Task.FromException(new ArgumentException("The row is too large.")) : Task.CompletedTask;
        await Assert.ThrowsAsync<ArgumentException>(() => UsageFleet.FlushAsync(books));
        Assert.Equal(2, await _fleet.CountAsync('s'));

        await UsageFleet.FlushAsync(books);

        await _fleet.AssertCompleteAsync();
    }

    private static void Settle(Accounting books, string key)
    {
        books.Listener.OnSettled(UsageFleet.Answered(key));
        books.TakeIn();
    }
}
