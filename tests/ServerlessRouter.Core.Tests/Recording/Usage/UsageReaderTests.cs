using ServerlessRouter.Core.Tests.State;
using ServerlessRouter.Errors;
using ServerlessRouter.Recording.Usage;
using ServerlessRouter.State;
using ServerlessRouter.Testing;
using Xunit;

namespace ServerlessRouter.Core.Tests.Recording.Usage;

/// <summary>Reading what is written and rolled up meanwhile, by several at a time.</summary>
public sealed class UsageReaderTests
{
    private const int Hours = 5;

    private readonly UsageFleet _fleet = new() { Options = new UsageOptions { PageSize = 2, MaxReadings = 2 } };
    private readonly ScriptedStore _store;

    public UsageReaderTests() => _store = new ScriptedStore(_fleet.Store);

    /// <summary>Sums are made and rows are given up between any two of its calls.</summary>
    [Theory, InlineData(UsageBucket.Day), InlineData(UsageBucket.Hour), InlineData(UsageBucket.Window)]
    public async Task Read_RollUpBeforeAnyOfItsCalls_CountsEverythingOnce(UsageBucket bucket)
    {
        var undisturbed = await ReadBesideRollUpAsync(bucket, rollUpBefore: null);
        for (var call = 1; call <= undisturbed; call++)
            await new UsageReaderTests().ReadBesideRollUpAsync(bucket, call);
    }

    [Fact]
    public async Task Read_RowsOfAnEarlierVersionMoveAllTheTime_PausesLongerEachTimeAndSaysWhatIsGoingOn()
    {
        await _fleet.WriteEarlierAsync(writers: 5);
        _store.Answer = async cancellationToken =>
        {
            for (var shard = 0; shard < UsageTables.Shards; shard++)
            {
                var change = new TableEntity(UsageTables.Partition(_fleet.Time.GetUtcNow(), shard), UsageTables.ChangeRow);
                await _fleet.Store.WriteAsync(UsageTables.Usage, TableOperation.UpsertReplace(change), cancellationToken);
            }
        };

        var reading = Reader().ReadAsync(Today(UsageBucket.Day), default).AsTask();
        var pause = _fleet.Options.FirstRereadPause;
        for (var reread = 1; reread < _fleet.Options.MaxRereads; reread++, pause *= 2)
        {
            await _fleet.Time.WaitForTimerDueInAsync(pause);
            _fleet.Time.Advance(pause);
        }

        var error = (await reading).Error!;
        Assert.Equal(RouterErrorCode.TemporarilyUnavailable, error.Code);
        Assert.Contains("being rolled up", error.Message, StringComparison.Ordinal);
        Assert.NotNull(error.RetryAfter);
    }

    [Fact]
    public async Task Read_AsManyAsMayAreAtIt_WaitsForAPlaceAndGivesUpInTime()
    {
        var held = new TaskCompletionSource();
        _store.Answer = _ => held.Task;
        var reader = Reader();
        var first = Enumerable.Range(0, _fleet.Options.MaxReadings).Select(_ => reader.ReadAsync(Today(UsageBucket.Day), default).AsTask()).ToList();

        var late = reader.ReadAsync(Today(UsageBucket.Day), default).AsTask();
        await _fleet.Time.WaitForTimerDueInAsync(_fleet.Options.ReadPatience);
        Assert.Equal(_fleet.Options.MaxReadings, _store.Calls);
        _fleet.Time.Advance(_fleet.Options.ReadPatience);
        var refused = (await late).Error!;
        var patient = reader.ReadAsync(Today(UsageBucket.Day), default).AsTask();
        held.SetResult();

        Assert.Equal(RouterErrorCode.TemporarilyUnavailable, refused.Code);
        Assert.Contains("others are reading usage", refused.Message, StringComparison.Ordinal);
        Assert.NotNull(refused.RetryAfter);
        Assert.All(await Task.WhenAll([.. first, patient]), static reading => Assert.NotNull(reading.Page));
    }

    [Fact]
    public async Task Read_TheCallerLeavesWhileItWaits_EndsAndTakesNoPlace()
    {
        var held = new TaskCompletionSource();
        _store.Answer = _ => held.Task;
        var reader = Reader();
        var first = Enumerable.Range(0, _fleet.Options.MaxReadings).Select(_ => reader.ReadAsync(Today(UsageBucket.Day), default).AsTask()).ToList();
        using var leaving = new CancellationTokenSource();

        var left = reader.ReadAsync(Today(UsageBucket.Day), leaving.Token).AsTask();
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
        held.SetResult();
        await Task.WhenAll(first);

        Assert.NotNull((await reader.ReadAsync(Today(UsageBucket.Day), default)).Page);
    }

    [Fact]
    public async Task Read_LimitIsReachedAtADaysEnd_LeavesTheNextDayToTheNextPage()
    {
        await SettleAsync();
        _fleet.Time.Advance(TimeSpan.FromDays(1));
        var today = Today(UsageBucket.Day);
        var query = today with { From = today.From.AddDays(-1), Limit = 1 };
        var calls = await CallsOfAsync(query with { To = today.From });

        Assert.Equal(calls, await CallsOfAsync(query));
    }

    /// <summary>Reads what was settled, with a roll-up before one of the calls to the store; returns how many there were.</summary>
    private async Task<int> ReadBesideRollUpAsync(UsageBucket bucket, int? rollUpBefore)
    {
        await SettleAsync();
        var (query, roller) = (Today(bucket), _fleet.Join());
        if (bucket == UsageBucket.Hour)
            await roller.RollUpAsync(default);
        _fleet.Time.Advance(TimeSpan.FromDays(1));
        _store.Answer = cancellationToken => _store.Calls == rollUpBefore ? roller.RollUpAsync(cancellationToken).AsTask() : Task.CompletedTask;

        var reading = Reader().ReadAsync(query, default).AsTask();
        await Patience.DriveAsync(reading, Pass, static () => "the reading to end");

        Assert.Equal(Hours, (await reading).Page!.Sums.Sum(static sum => sum.Tally.Requests));
        return _store.Calls;

        void Pass()
        {
            if (_fleet.Time.ArmedTimers > 0)
                _fleet.Time.Advance(_fleet.Options.FirstRereadPause);
        }
    }

    private UsageReader Reader() => new(_store, _fleet.Options, _fleet.Time);

    private UsageQuery Today(UsageBucket bucket)
    {
        var today = UsageTables.DayOf(_fleet.Time.GetUtcNow());
        return new UsageQuery { From = today, To = today.AddDays(1), Bucket = bucket, Limit = 100 };
    }

    /// <summary>Some instances settle requests of one kind, so that all rows are in one partition.</summary>
    private async Task SettleAsync()
    {
        for (var hour = 0; hour < Hours; hour++)
        {
            var books = _fleet.Join();
            _fleet.Settle(books);
            await UsageFleet.FlushAsync(books);
            _fleet.Time.Advance(TimeSpan.FromHours(1));
        }

        _fleet.Time.Advance(_fleet.Options.HourGrace);
    }

    private async Task<int> CallsOfAsync(UsageQuery query)
    {
        var before = _store.Calls;
        Assert.NotNull((await Reader().ReadAsync(query, default)).Page);
        return _store.Calls - before;
    }
}
