using Microsoft.Extensions.Logging;
using ServerlessRouter.Background;
using ServerlessRouter.Testing;
using ServerlessRouter.Testing.Diagnostics;
using ServerlessRouter.Testing.Time;
using Xunit;

namespace ServerlessRouter.Core.Tests.Background;

public sealed class BackgroundWorkTests : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);
    private readonly ManualTimeProvider _time = new();
    private readonly LogCollector _log = new();
    private int _turns;

    public void Dispose() => _log.Dispose();

    [Fact]
    public async Task Start_TimePasses_ATurnEachInterval()
    {
        await using var work = Work(Step(Count));
        work.Start();
        await _time.WaitForTimersAsync();

        for (var turn = 1; turn <= 3; turn++)
        {
            _time.Advance(Interval);
            await TurnsAsync(turn);
        }
    }

    [Fact]
    public async Task Wake_ManyTimesBeforeTheTurn_OneTurn()
    {
        var step = Step(Count);
        await using var work = Work(step);
        for (var call = 0; call < 5; call++)
            step.Wake();

        work.Start();
        await _time.WaitForTimersAsync();
        await TurnsAsync(1);
        _time.Advance(Interval);
        await TurnsAsync(2);

        Assert.Equal(2, _turns);
    }

    [Fact]
    public async Task Turn_FailsAndFailsAgain_IsToldOnceAndTheNextTurnComes()
    {
        await using var work = Work(Step(_ => ++_turns < 4 ? throw new IOException("no disk") : ValueTask.CompletedTask));

        Assert.False(await work.RunAsync("step"));
        Assert.False(await work.RunAsync("step"));
        Assert.False(await work.RunAsync("step"));
        Assert.True(await work.RunAsync("step"));

        Assert.Single(_log.Entries, entry => entry.Level == LogLevel.Warning && entry.Message.Contains("step failed", StringComparison.Ordinal));
        Assert.Single(_log.Entries, entry => entry.Level == LogLevel.Information && entry.Message.Contains("works again", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Turn_Hangs_IsGivenUpAfterItsTimeout()
    {
        await using var work = Work(Step(static cancellationToken => new(Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken))));

        var turn = work.RunAsync("step");
        await _time.WaitForTimerDueInAsync(Limit);
        _time.Advance(Limit);

        Assert.False(await turn);
        Assert.Contains(_log.Entries, entry => entry.Message.Contains("took longer than 5 s", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Dispose_TurnUnderWay_WaitsForItAndTakesTheLastTurn()
    {
        var (begun, stopped) = (new TaskCompletionSource(), new TaskCompletionSource());
        var step = new PeriodicStep("step", Interval, Limit, async cancellationToken =>
        {
            if (Interlocked.Increment(ref _turns) > 1)
                return;
            begun.SetResult();
            using var stop = cancellationToken.Register(stopped.SetResult);
            await stopped.Task;
        }) { RunsLast = true };
        var work = Work(step);
        step.Wake();
        work.Start();
        await Patience.WaitAsync(begun.Task, static () => "the turn to begin");

        await Patience.WaitAsync(work.DisposeAsync().AsTask(), static () => "the work to end");

        Assert.Equal(2, _turns);
        _time.Advance(Interval);
        Assert.Equal(0, _time.ArmedTimers);
    }

    [Fact]
    public async Task Run_WhileATurnIsUnderWay_ComesAfterIt()
    {
        var running = 0;
        var most = 0;
        await using var work = Work(Step(async _ =>
        {
            most = Math.Max(most, Interlocked.Increment(ref running));
            await Task.Yield();
            Interlocked.Decrement(ref running);
        }));

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => work.RunAsync("step"))));

        Assert.Equal(1, most);
    }

    private ValueTask Count(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _turns);
        return ValueTask.CompletedTask;
    }

    private BackgroundWork Work(PeriodicStep step)
    {
        using var loggers = LoggerFactory.Create(builder => builder.AddProvider(_log).SetMinimumLevel(LogLevel.Debug));
        var work = new BackgroundWork(_time, loggers.CreateLogger<BackgroundWork>());
        work.Add(step);
        return work;
    }

    private static PeriodicStep Step(Func<CancellationToken, ValueTask> run) => new("step", Interval, Limit, run);

    private Task TurnsAsync(int turns) => Eventually.HoldsAsync(() => Volatile.Read(ref _turns) >= turns, $"turn {turns}");
}
