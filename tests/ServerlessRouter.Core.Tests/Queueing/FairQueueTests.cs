using ServerlessRouter.Queueing;
using ServerlessRouter.Testing.Chance;
using ServerlessRouter.Testing.Time;
using Xunit;

namespace ServerlessRouter.Core.Tests.Queueing;

/// <summary>Who is served next where there is too little for all.</summary>
public sealed class FairQueueTests
{
    private static readonly TimeSpan Ageing = TimeSpan.FromSeconds(5);

    private readonly ManualTimeProvider _time = new();
    private readonly SeededRandomSource _random = new(20261201);
    private readonly FairQueue _queue;

    public FairQueueTests() => _queue = new FairQueue(Ageing, _time);

    [Fact]
    public void OneHeavyKeyAndTwentyLightOnes_AtTwiceWhatCanBeServed_EachLightKeyGetsAllItAsksForAndTheHeavyOneTheRest()
    {
        // A request is served every 10 ms; the light keys ask for 40 a second together, the heavy one for 160.
        const int Seconds = 120;
        const int Capacity = 200;
        var (asked, served, waits) = (new Dictionary<string, int>(), new Dictionary<string, int>(), new List<double>());
        var arrivals = Arrivals(Seconds).ToList();
        var next = 0;
        for (var tick = 0; tick < Seconds * 100; tick++)
        {
            for (; next < arrivals.Count && arrivals[next].At <= tick * 0.01; next++)
            {
                asked[arrivals[next].Key] = asked.GetValueOrDefault(arrivals[next].Key) + 1;
                _queue.Add(new Waiting(arrivals[next].Key, 0, 1), Capacity);
            }

            if (_queue.InOrder().FirstOrDefault() is { } first)
            {
                _queue.Serve(first);
                served[first.Key] = served.GetValueOrDefault(first.Key) + 1;
                if (first.Key != "heavy")
                    waits.Add(_time.GetElapsedTime(first.QueuedAt).TotalSeconds);
            }

            _time.Advance(TimeSpan.FromMilliseconds(10));
        }

        foreach (var (key, count) in asked.Where(static key => key.Key != "heavy"))
            Assert.InRange(served[key], count - 1, count);
        var total = served.Values.Sum();
        Assert.InRange(total, (Seconds * 100) - 100, Seconds * 100);
        Assert.InRange(served["heavy"], total - (Seconds * 40) - 300, total - (Seconds * 40) + 300);
        // A light request waits at most for one of each other key.
        Assert.InRange(waits.Max(), 0, 0.25);
    }

    [Fact]
    public void ThoseThatLeaveUnserved_OweNoTurn_AndThoseOfTheirKeyMoveUp()
    {
        var mine = Enumerable.Range(0, 3).Select(_ => new Waiting("a", 0, 1)).ToList();
        mine.ForEach(waiting => _queue.Add(waiting, 100));
        var other = new Waiting("b", 0, 1);
        _queue.Add(other, 100);

        foreach (var left in mine.Take(2))
        {
            _queue.Remove(left);
            left.GiveBackTurn();
        }

        Assert.Equal([mine[2], other], _queue.InOrder());
        _queue.Remove(mine[2]);
        mine[2].GiveBackTurn();
        var next = new Waiting("a", 0, 1);
        _queue.Add(next, 100);
        Assert.Equal(0, next.Start);
    }

    [Fact]
    public void TwoKeysThatAskForTooMuch_AreServedInTurn()
    {
        foreach (var key in Enumerable.Repeat("a", 6).Concat(Enumerable.Repeat("b", 3)))
            _queue.Add(new Waiting(key, 0, 1), 100);

        Assert.Equal("a b a b a b a a a", string.Join(' ', Drain()));
    }

    [Fact]
    public void AKeyThatWasIdle_HasSavedNoTurns()
    {
        foreach (var _ in Enumerable.Range(0, 20))
            _queue.Add(new Waiting("busy", 0, 1), 100);
        foreach (var _ in Enumerable.Range(0, 10))
            _queue.Serve(_queue.InOrder().First());
        foreach (var key in new[] { "late", "late", "late" })
            _queue.Add(new Waiting(key, 0, 1), 100);

        Assert.Equal("late busy late busy late busy", string.Join(' ', Drain().Take(6)));
    }

    [Fact]
    public void LowerClasses_AreServedFirst_AndWhoHasWaitedLongStandsInTheFirst()
    {
        _queue.Add(new Waiting("free", 1, 1), 100);
        _queue.Add(new Waiting("paid", 0, 1), 100);
        _queue.Add(new Waiting("paid", 0, 1), 100);
        Assert.Equal("paid", Next());

        _time.Advance(Ageing);
        _queue.Add(new Waiting("paid", 0, 1), 100);
        Assert.Equal("free paid paid", string.Join(' ', Drain()));
    }

    [Fact]
    public void AnEndlessFirstClass_DoesNotStarveTheSecond()
    {
        var served = 0;
        _queue.Add(new Waiting("free", 1, 1), 1000);
        for (var tick = 0; tick < 1000 && _queue.InOrder().Any(static waiting => waiting.Key == "free"); tick++)
        {
            _queue.Add(new Waiting($"paid {tick % 3}", 0, 1), 1000);
            _queue.Add(new Waiting($"paid {tick % 3}", 0, 1), 1000);
            _queue.Serve(_queue.InOrder().First());
            _time.Advance(TimeSpan.FromMilliseconds(100));
            served++;
        }

        Assert.InRange(served * 0.1, Ageing.TotalSeconds, Ageing.TotalSeconds + 1);
    }

    [Fact]
    public void WhereItIsFull_TheLastOfTheHeaviestKeyGoes()
    {
        foreach (var _ in Enumerable.Range(0, 5))
            Assert.Null(_queue.Add(new Waiting("heavy", 0, 1), 5));
        var light = new Waiting("light", 0, 1);

        Assert.Equal("heavy", _queue.Add(light, 5)?.Key);
        var newcomer = new Waiting("heavy", 0, 1);
        Assert.Same(newcomer, _queue.Add(newcomer, 5));

        Assert.Equal(5, _queue.Count);
        Assert.Equal("heavy light heavy heavy heavy", string.Join(' ', Drain()));
    }

    [Fact]
    public void WhereItIsFull_ALaterClassGoesBeforeAnEarlierOne()
    {
        _queue.Add(new Waiting("free", 1, 1), 2);
        _queue.Add(new Waiting("paid", 0, 1), 2);

        Assert.Equal("free", _queue.Add(new Waiting("paid", 0, 1), 2)?.Key);
        var free = new Waiting("free", 1, 1);
        Assert.Same(free, _queue.Add(free, 2));
    }

    [Fact]
    public void WhatIsTurnedAway_CostsItsKeyNoTurn()
    {
        foreach (var key in new[] { "a", "b", "a", "b" })
            _queue.Add(new Waiting(key, 0, 1), 4);
        foreach (var _ in Enumerable.Range(0, 50))
            _queue.Add(new Waiting("a", 0, 1), 4);
        Assert.Equal("a b a", string.Join(' ', Enumerable.Range(0, 3).Select(_ => Next())));
        _queue.Add(new Waiting("a", 0, 1), 4);
        _queue.Add(new Waiting("b", 0, 1), 4);

        Assert.Equal("b a b", string.Join(' ', Drain()));
    }

    [Fact]
    public void WhoLeaves_IsServedNoMore_AndMayLeaveTwice()
    {
        var (first, second) = (new Waiting("a", 0, 1), new Waiting("b", 0, 1));
        _queue.Add(first, 10);
        _queue.Add(second, 10);
        _queue.Remove(first);
        _queue.Remove(first);

        Assert.Equal(1, _queue.Count);
        Assert.Equal("b", string.Join(' ', Drain()));
    }

    [Fact]
    public void AnyOrderOfCalls_ServesEachOnceAndLosesNone()
    {
        var (waiting, served, gone, added) = (new List<Waiting>(), new HashSet<Waiting>(), 0, 0);
        for (var step = 0; step < 20_000; step++)
        {
            switch (_random.Next(4))
            {
                case 0 or 1:
                    var one = new Waiting($"key {_random.Next(30)}", _random.Next(3), 1 + _random.Next(5));
                    added++;
                    waiting.Add(one);
                    if (_queue.Add(one, 50) is { } turnedAway)
                    {
                        Assert.True(waiting.Remove(turnedAway));
                        gone++;
                    }

                    break;
                case 2 when waiting.Count > 0:
                    var left = waiting[_random.Next(waiting.Count)];
                    waiting.Remove(left);
                    _queue.Remove(left);
                    gone++;
                    break;
                default:
                    if (_queue.InOrder().FirstOrDefault() is { } next)
                    {
                        _queue.Serve(next);
                        Assert.True(served.Add(next));
                        Assert.True(waiting.Remove(next));
                    }

                    break;
            }

            _time.Advance(TimeSpan.FromMilliseconds(_random.Next(200)));
            Assert.Equal(waiting.Count, _queue.Count);
        }

        Assert.Equal(added, served.Count + gone + _queue.Count);
        Assert.Equal(waiting.ToHashSet(), _queue.InOrder().ToHashSet());
    }

    private string? Next()
    {
        var next = _queue.InOrder().FirstOrDefault();
        if (next is not null)
            _queue.Serve(next);
        return next?.Key;
    }

    private IEnumerable<string> Drain()
    {
        while (Next() is { } key)
            yield return key;
    }

    private IEnumerable<(double At, string Key)> Arrivals(int seconds)
    {
        var all = new List<(double At, string Key)>();
        AddFor("heavy", 160);
        for (var light = 0; light < 20; light++)
            AddFor($"light {light}", 2);
        return all.OrderBy(static arrival => arrival.At);

        void AddFor(string key, double perSecond)
        {
            for (var at = -Math.Log(1 - _random.NextDouble()) / perSecond; at < seconds - 1; at -= Math.Log(1 - _random.NextDouble()) / perSecond)
                all.Add((at, key));
        }
    }
}
