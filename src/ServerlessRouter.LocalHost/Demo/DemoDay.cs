using System.Globalization;
using ServerlessRouter.Configuration;
using ServerlessRouter.State;
using ServerlessRouter.Telemetry;

namespace ServerlessRouter.LocalHost.Demo;

/// <summary>Lets a day pass in a few seconds: its requests go through the real pipeline on a clock that jumps, over the store that the demonstration goes on with, so that every figure is the router's own.</summary>
internal static class DemoDay
{
    /// <summary>How often the work beside the requests takes its turns; often enough that nothing waits for room.</summary>
    private static readonly TimeSpan BetweenTurns = TimeSpan.FromMinutes(2);

    private const ulong Seed = 20260131;
    private const int MaxYields = 200;
    private const int MaxPauses = 20;
    private static readonly TimeSpan LongJump = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1);

    /// <summary>Fills the store.</summary>
    /// <param name="store">Where the demonstration keeps what it keeps.</param>
    /// <param name="model">What it runs on.</param>
    /// <param name="now">When the day ends.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How many requests it was.</returns>
    public static Task<int> PassAsync(ITableStore store, RouterModel model, DateTimeOffset now, CancellationToken cancellationToken) => Task.Run(async () =>
    {
        var (clock, tables) = (new DemoClock(now.AddDays(-1)), new DemoStore(store));
        var random = new DemoRandom(Seed);
        var router = RouterServices.Create(new RouterServicesOptions
        {
            Models = new RouterModelSource(model), Store = tables, Time = clock, Random = random, Faults = new DemoFaults(now, random).Find, InstanceName = "demo-day",
            Telemetry = new TelemetryOptions { KeepsFormerNames = false },
        });
        var (count, turned) = (0, clock.GetUtcNow());
        await TurnAsync(router, clock, tables, cancellationToken);
        foreach (var request in new DemoTraffic(now, random).OfTheDay())
        {
            cancellationToken.ThrowIfCancellationRequested();
            clock.AdvanceTo(request.At);
            if (clock.GetUtcNow() - turned >= BetweenTurns)
            {
                await TurnAsync(router, clock, tables, cancellationToken);
                turned = clock.GetUtcNow();
            }

            await DriveAsync(clock, tables, DemoCaller.CallAsync(router, request, string.Create(CultureInfo.InvariantCulture, $"demo-{count:D5}"), cancellationToken));
            count++;
        }

        await TurnAsync(router, clock, tables, cancellationToken);
        await DriveAsync(clock, tables, router.DisposeAsync().AsTask());
        return count;
    }, cancellationToken);

    private static async Task TurnAsync(RouterServices router, DemoClock clock, DemoStore tables, CancellationToken cancellationToken)
    {
        foreach (var step in router.Work.Steps)
            await DriveAsync(clock, tables, router.Work.RunAsync(step, cancellationToken));
    }

    /// <summary>Runs something to its end. The clock jumps only once what went on elsewhere had time to come as far as it can.</summary>
    private static async Task DriveAsync(DemoClock clock, DemoStore tables, Task running)
    {
        var pauses = 0;
        while (!running.IsCompleted)
        {
            for (var turn = 0; turn < MaxYields && !running.IsCompleted && (turn < 2 || ThreadPool.PendingWorkItemCount > 0 || tables.IsBusy); turn++)
                await Task.Yield();
            if (running.IsCompleted)
                break;
            // What runs on another thread right now shows in no count, and a bound in time that is fired because of it would end it early: so a long jump is put off for a while.
            if (tables.IsBusy || clock.FirstDueIn is not { } jump || (jump > LongJump && pauses++ < MaxPauses))
            {
                await Task.WhenAny(running, Task.Delay(Pause, TimeProvider.System, CancellationToken.None));
                continue;
            }

            pauses = 0;
            clock.TryFireNext();
        }

        await running;
    }
}
