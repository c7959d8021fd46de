using ServerlessRouter.Recording.Usage;
using ServerlessRouter.State;
using ServerlessRouter.Testing.Chance;
using Xunit;

namespace ServerlessRouter.Core.Tests.Recording.Usage;

/// <summary>Sums that are made of what instances wrote: nothing is lost and nothing counts twice, whenever one breaks off or writes late.</summary>
public sealed class UsageRollUpTests
{
    private const char Source = 's';
    private const char Mark = 'x';

    private static readonly int Views = UsageView.All.Length;

    private readonly UsageFleet _fleet = new();

    [Fact]
    public async Task RollUp_HourHasEnded_MakesOneSumOfAllInstancesWithTheSameFigures()
    {
        for (var instance = 0; instance < 120; instance++)
        {
            var books = _fleet.Join();
            _fleet.Settle(books);
            await UsageFleet.FlushAsync(books);
        }

        _fleet.Time.Advance(TimeSpan.FromHours(1) + _fleet.Options.HourGrace);
        await _fleet.Join().RollUpAsync(default);

        Assert.Equal(Views, await _fleet.CountAsync(UsageShelf.Hour));
        await _fleet.AssertCompleteAsync();
    }

    [Fact]
    public async Task RollUp_HourIsStillOpen_LeavesItToItsInstances()
    {
        var books = _fleet.Join();
        _fleet.Settle(books);
        await UsageFleet.FlushAsync(books);
        _fleet.Time.Advance(TimeSpan.FromHours(1));

        await books.RollUpAsync(default);

        Assert.Equal((0, 1), (await _fleet.CountAsync(UsageShelf.Hour), await _fleet.CountAsync(Source)));
    }

    [Fact]
    public async Task RollUp_DayHasEnded_MakesOneSumOfItAndStillTellsTheHours()
    {
        var books = _fleet.Join();
        for (var hour = 0; hour < 12; hour++)
        {
            _fleet.Settle(books);
            await UsageFleet.FlushAsync(books);
            _fleet.Time.Advance(TimeSpan.FromHours(1));
        }

        _fleet.Time.Advance(_fleet.Options.DayGrace);
        await books.RollUpAsync(default);

        Assert.Equal((Views, 12 * Views), (await _fleet.CountAsync(UsageShelf.Day), await _fleet.CountAsync(UsageShelf.Hour)));
        await _fleet.AssertCompleteAsync();
    }

    [Fact]
    public async Task RollUp_InstanceWritesADayLate_CountsAtOnceAndThenInTheSums()
    {
        var (punctual, late) = (_fleet.Join(), _fleet.Join());
        _fleet.Settle(punctual);
        _fleet.Settle(late);
        await UsageFleet.FlushAsync(punctual);
        _fleet.Time.Advance(TimeSpan.FromDays(2));
        await punctual.RollUpAsync(default);
        await UsageFleet.FlushAsync(late);
        await _fleet.AssertCompleteAsync();

        await punctual.RollUpAsync(default);

        Assert.Equal((Views, Views, 0), (await _fleet.CountAsync(UsageShelf.Day), await _fleet.CountAsync(UsageShelf.Hour), await _fleet.CountAsync(Mark)));
        await _fleet.AssertCompleteAsync();
    }

    /// <summary>Whether the last write arrived is not known, and sums were made of the row since.</summary>
    [Theory, InlineData(true), InlineData(false)]
    public async Task Flush_AnswerWasLostAndTheRowRolledUpSince_CountsOnce(bool hasWrittenBefore)
    {
        var fickle = new FickleStore(_fleet.Store, new SeededRandomSource(1));
        var books = _fleet.Join(fickle);
        if (hasWrittenBefore)
        {
            _fleet.Settle(books);
            await UsageFleet.FlushAsync(books);
        }

        _fleet.Settle(books);
        // Lost on the way back: the seed's first draw lets the call through and the second loses its answer.
        for (fickle.LostShare = 1; await _fleet.CountAsync(Source) < 1 || (await _fleet.ReadAsync(UsageBucket.Day))[0].Tally.Requests < (hasWrittenBefore ? 2 : 1);)
            await Assert.ThrowsAsync<TableStoreUnavailableException>(() => UsageFleet.FlushAsync(books));
        _fleet.Time.Advance(TimeSpan.FromHours(2));
        await _fleet.Join().RollUpAsync(default);

        fickle.LostShare = 0;
        _fleet.Settle(books);
        await UsageFleet.FlushAsync(books);

        await _fleet.AssertCompleteAsync();
    }

    [Fact]
    public async Task RollUp_BreaksOffAfterEveryCall_FiguresAreRightAtEveryPointAndInTheEnd()
    {
        for (var instance = 0; instance < 60; instance++)
        {
            var books = _fleet.Join();
            _fleet.Settle(books);
            _fleet.Settle(books, "other");
            await UsageFleet.FlushAsync(books);
        }

        _fleet.Time.Advance(TimeSpan.FromDays(1) + _fleet.Options.DayGrace);
        var fickle = new FickleStore(_fleet.Store, new SeededRandomSource(1));
        var roller = _fleet.Join(fickle);
        var calls = 0;
        for (var isDone = false; !isDone; calls++)
        {
            fickle.CallsLeft = calls;
            isDone = await Record.ExceptionAsync(async () => await roller.RollUpAsync(default)) is null;
            await _fleet.AssertCompleteAsync();
        }

        Assert.Equal((Views, Views), (await _fleet.CountAsync(UsageShelf.Day), await _fleet.CountAsync(UsageShelf.Hour)));
        Assert.True(calls > 20, "The roll-up hardly called the store.");
    }

    [Theory, InlineData(1), InlineData(2), InlineData(3), InlineData(4), InlineData(5), InlineData(6)]
    public async Task Fleet_CallsGetLostForDays_EverythingCountsOnce(int seed)
    {
        var luck = new SeededRandomSource(seed);
        var fickle = new FickleStore(_fleet.Store, luck) { LostShare = 0.3 };
        var instances = Enumerable.Range(0, 8).Select(_ => _fleet.Join(fickle)).ToList();
        for (var turn = 0; turn < 400; turn++)
        {
            var books = instances[luck.Next(instances.Count)];
            for (var count = luck.Next(4); count > 0; count--)
                _fleet.Settle(books, luck.Next(2) == 0 ? "team" : null, luck.Next(2) == 0 ? "mini" : "large");
            if (luck.Next(3) == 0)
                await Record.ExceptionAsync(() => UsageFleet.FlushAsync(books));
            if (luck.Next(6) == 0)
                await Task.WhenAll(instances.Take(2).Select(roller => Record.ExceptionAsync(() => Task.Run(async () => await roller.RollUpAsync(default)))));
            _fleet.Time.Advance(TimeSpan.FromMinutes(luck.Next(30)));
        }

        fickle.LostShare = 0;
        foreach (var books in instances)
            await UsageFleet.FlushAsync(books);
        await _fleet.AssertCompleteAsync();
        _fleet.Time.Advance(TimeSpan.FromDays(1));
        await instances[0].RollUpAsync(default);

        Assert.Equal(0, await _fleet.CountAsync(Mark));
        Assert.True(fickle.Lost > 100);
        await _fleet.AssertCompleteAsync();
    }

    [Fact]
    public async Task RollUp_DaysPassed_ForgetsRowsOfWritersThenHoursThenAll()
    {
        var books = _fleet.Join();
        _fleet.Settle(books);
        await UsageFleet.FlushAsync(books);
        _fleet.Time.Advance(TimeSpan.FromDays(2));
        await books.RollUpAsync(default);
        Assert.Equal((Views, Views, 1), (await _fleet.CountAsync(UsageShelf.Day), await _fleet.CountAsync(UsageShelf.Hour), await _fleet.CountAsync(Source)));

        _fleet.Time.Advance(TimeSpan.FromDays(_fleet.Options.RollUpDays));
        await books.RollUpAsync(default);
        await books.RollUpAsync(default);
        Assert.Equal((Views, Views, 1), (await _fleet.CountAsync(UsageShelf.Day), await _fleet.CountAsync(UsageShelf.Hour), await _fleet.CountAsync(Source)));
        _fleet.Time.Advance(2 * _fleet.Options.RollUpTimeout);
        await books.RollUpAsync(default);
        Assert.Equal((Views, Views, 0), (await _fleet.CountAsync(UsageShelf.Day), await _fleet.CountAsync(UsageShelf.Hour), await _fleet.CountAsync(Source)));
        await _fleet.AssertCompleteAsync();

        _fleet.Time.Advance(TimeSpan.FromDays(_fleet.Options.HourlyDays - _fleet.Options.RollUpDays));
        await books.RollUpAsync(default);
        Assert.Equal((Views, 0), (await _fleet.CountAsync(UsageShelf.Day), await _fleet.CountAsync(UsageShelf.Hour)));

        _fleet.Time.Advance(TimeSpan.FromDays(_fleet.Options.KeptDays));
        await books.RollUpAsync(default);
        Assert.Equal(UsageShelf.RolledRow, Assert.Single((await _fleet.Store.QueryPageAsync(UsageShelf.Table, TableQuery.All)).Entities).RowKey);
    }

    /// <summary>The store was away for longer than rows of writers are kept.</summary>
    [Fact]
    public async Task Flush_AfterTheHoursRowsWereGivenUp_CountsAsItStands()
    {
        var (punctual, late) = (_fleet.Join(), _fleet.Join());
        _fleet.Settle(punctual);
        _fleet.Settle(late);
        await UsageFleet.FlushAsync(punctual);
        _fleet.Time.Advance(TimeSpan.FromDays(_fleet.Options.RollUpDays + 2));
        await punctual.RollUpAsync(default);
        await UsageFleet.FlushAsync(late);
        await UsageFleet.FlushAsync(late);
        await _fleet.AssertCompleteAsync();

        await punctual.RollUpAsync(default);

        await _fleet.AssertCompleteAsync();
    }

    /// <summary>What docs/usage.md says that memory must hold.</summary>
    [Fact]
    public async Task RollUp_InMemoryAndUsedInEveryHour_KeepsWithinWhatIsPromised()
    {
        var fleet = new UsageFleet { Options = UsageOptions.InMemory };
        var books = fleet.Join();
        for (var hour = 0; hour < 24 * (UsageOptions.InMemory.KeptDays + 5); hour++)
        {
            fleet.Settle(books);
            await UsageFleet.FlushAsync(books);
            await books.RollUpAsync(default);
            fleet.Time.Advance(TimeSpan.FromHours(1));
        }

        Assert.InRange(await RowsAsync(fleet), 1000, 2500);
        Assert.Equal(UsageOptions.InMemory.KeptDays, (await fleet.ReadAsync(UsageBucket.Day, days: UsageOptions.InMemory.KeptDays - 1)).Count);
        Assert.InRange((await fleet.ReadAsync(UsageBucket.Hour, days: UsageOptions.InMemory.HourlyDays)).Count, 24 * UsageOptions.InMemory.HourlyDays, 24 * (UsageOptions.InMemory.HourlyDays + 1));
    }

    private static async Task<int> RowsAsync(UsageFleet fleet)
    {
        var rows = 0;
        await foreach (var _ in fleet.Store.QueryAsync(UsageShelf.Table, TableQuery.All))
            rows++;
        return rows;
    }
}
