using Microsoft.Extensions.Logging;
using ServerlessRouter.Configuration;
using ServerlessRouter.Core.Tests.State.Sqlite;
using ServerlessRouter.Recording;
using ServerlessRouter.Recording.Usage;
using ServerlessRouter.State.Memory;
using ServerlessRouter.Testing.Chance;
using ServerlessRouter.Testing.Diagnostics;
using ServerlessRouter.Testing.Models;
using Xunit;

namespace ServerlessRouter.Core.Tests.Recording.Usage;

/// <summary>Usage counts in the hour the clock tells, also when the clock is set back.</summary>
public sealed class UsageLedgerTests : IDisposable
{
    private static readonly TimeSpan Ahead = TimeSpan.FromDays(3);

    private readonly ManualTime _time = new();
    private readonly LogCollector _log = new();
    private readonly MemoryTableStore _store;
    private readonly Accounting _books;

    public UsageLedgerTests()
    {
        _store = new MemoryTableStore(_time);
        _books = new Accounting(
            _store, new RouterModelSource(new RouterBuilder().Model("mini").Build()), new AccountingOptions(), _time, new SeededRandomSource(1), new LoggerFactory([_log]));
    }

    public void Dispose() => _log.Dispose();

    [Fact]
    public async Task Settled_ClockWasAheadAndIsSetBack_CountsInTheHoursItTellsAndLosesNothing()
    {
        await UseAsync();
        _time.Advance(Ahead);
        await UseAsync();
        _time.Advance(-Ahead);
        await UseAsync();
        await UseAsync();
        Assert.Equal(3, await RequestsOfThisHourAsync());

        _time.Advance(Ahead);
        await UseAsync();

        Assert.Equal(2, await RequestsOfThisHourAsync());
    }

    [Fact]
    public async Task Settled_ClockIsSetBackAfterTheRollUp_AddsToWhatWasRolledUp()
    {
        await UseAsync();
        _time.Advance(Ahead);
        await UseAsync();
        await _books.RollUpAsync(default);
        _time.Advance(-Ahead);
        await UseAsync();

        Assert.Equal(2, await RequestsOfThisHourAsync());
    }

    /// <summary>A clock that was far ahead closed hours that others still write to.</summary>
    [Fact]
    public async Task Settled_InAnHourThatAClockAheadHasRolledUp_CountsAtOnceAndStays()
    {
        _time.Advance(Ahead);
        await _books.RollUpAsync(default);
        _time.Advance(-Ahead);
        await UseAsync();
        Assert.Equal(1, await RequestsOfThisHourAsync());

        await _books.RollUpAsync(default);
        await UseAsync();

        Assert.Equal(2, await RequestsOfThisHourAsync());
    }

    [Theory]
    [InlineData(59, 0)]
    [InlineData(61, 1)]
    public async Task Settled_ClockIsSetBack_IsSaidOnceWhereItIsMoreThanAnHour(int minutes, int warnings)
    {
        await UseAsync();
        _time.Advance(TimeSpan.FromMinutes(-minutes));
        await UseAsync();
        await UseAsync();

        Assert.Equal(warnings, _log.AtLeast(LogLevel.Warning).Count(static entry => entry.Message.Contains("clock went back", StringComparison.Ordinal)));
    }

    private async Task UseAsync()
    {
        _books.Listener.OnSettled(UsageFleet.Answered("team"));
        await UsageFleet.FlushAsync(_books);
    }

    private async Task<long> RequestsOfThisHourAsync()
    {
        var hour = _books.Usage.ThisHour;
        var reading = await _books.Usage.ReadAsync(new UsageQuery { From = hour, To = hour.AddHours(1), Bucket = UsageBucket.Hour, Limit = 10 }, default);
        return Assert.Single(reading.Page!.Sums).Tally.Requests;
    }
}
