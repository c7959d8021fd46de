using ServerlessRouter.Caching;
using ServerlessRouter.Testing.Time;
using Xunit;

namespace ServerlessRouter.Core.Tests.Caching;

/// <summary>How many requests follow one another, and for how long.</summary>
public sealed class FlightsTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void Join_MoreFollowersThanThereMayBe_GoAlone()
    {
        var flights = new Flights(_time);
        var leader = flights.Join(MemoryEntriesTests.Key(1), Patience, out var leads);

        Assert.True(leads);
        for (var count = 0; count < Flight.MaxFollowers; count++)
            Assert.Same(leader, flights.Join(MemoryEntriesTests.Key(1), Patience, out _));
        Assert.Null(flights.Join(MemoryEntriesTests.Key(1), Patience, out _));
    }

    [Fact]
    public void Join_MoreFlightsThanThereMayBe_GoAloneUntilOneLands()
    {
        var flights = new Flights(_time);
        var all = Enumerable.Range(0, Flights.MaxFlights).Select(key => flights.Join(MemoryEntriesTests.Key((ulong)key), Patience, out _)!).ToList();
        Assert.Null(flights.Join(MemoryEntriesTests.Key(99_999), Patience, out _));

        all[0].Land(FlightEnd.NotShared);

        Assert.NotNull(flights.Join(MemoryEntriesTests.Key(99_999), Patience, out _));
    }

    /// <summary>A leader that never tells must not hold others for good.</summary>
    [Fact]
    public void Join_FlightPastItsTime_BeginsAnother_WhoseEndIsItsOwn()
    {
        var flights = new Flights(_time);
        var lost = flights.Join(MemoryEntriesTests.Key(1), Patience, out _)!;
        _time.Advance(Patience);

        var next = flights.Join(MemoryEntriesTests.Key(1), Patience, out var leads)!;
        lost.Land(FlightEnd.Failed);

        Assert.True(leads);
        Assert.False(next.End.IsCompleted);
        Assert.Same(next, flights.Join(MemoryEntriesTests.Key(1), Patience, out _));
    }

    [Fact]
    public async Task Land_Twice_TheFirstCounts()
    {
        var flights = new Flights(_time);
        var flight = flights.Join(MemoryEntriesTests.Key(1), Patience, out _)!;
        var followed = flights.Join(MemoryEntriesTests.Key(1), Patience, out _)!;
        flight.Land(new FlightEnd(MemoryEntriesTests.Entry(1), IsFailed: false));
        flight.Land(FlightEnd.Failed);

        Assert.NotNull((await followed.End).Answer);
    }

    [Fact]
    public async Task Land_WithABufferThatIsUsedAgain_FollowersHaveTheAnswer()
    {
        var flights = new Flights(_time);
        var flight = flights.Join(MemoryEntriesTests.Key(1), Patience, out _)!;
        var followed = flights.Join(MemoryEntriesTests.Key(1), Patience, out _)!;
        var buffer = new byte[] { 1, 2, 3 };

        flight.Land(new FlightEnd(MemoryEntriesTests.Entry(1) with { Body = buffer }, IsFailed: false));
        buffer.AsSpan().Clear();

        Assert.Equal([1, 2, 3], (await followed.End).Answer!.Body.ToArray());
    }
}
