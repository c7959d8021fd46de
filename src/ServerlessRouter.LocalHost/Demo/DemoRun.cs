using System.Globalization;
using ServerlessRouter.Domain;

namespace ServerlessRouter.LocalHost.Demo;

/// <summary>Goes on with the demonstration while the router runs: a request every few seconds, so that the dashboard moves.</summary>
internal sealed class DemoRun : IAsyncDisposable
{
    private const int MaxUnderWay = 20;
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    private DemoRun(RouterServices router, IRandomSource random) => _running = Task.Run(() => RunAsync(router, random, _stop.Token));

    /// <summary>Begins.</summary>
    public static DemoRun Start(RouterServices router, IRandomSource random) => new(router, random);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private static async Task RunAsync(RouterServices router, IRandomSource random, CancellationToken stop)
    {
        var (time, traffic, underWay) = (router.Options.Time, new DemoTraffic(router.Options.Time.GetUtcNow(), random), new List<Task>(MaxUnderWay));
        try
        {
            for (var count = 0; ; count++)
            {
                await Task.Delay(Between * (2 * random.NextDouble()), time, stop);
                if (underWay.Count == MaxUnderWay)
                    await Task.WhenAny(underWay).WaitAsync(stop);
                foreach (var ended in underWay.FindAll(static call => call.IsCompleted))
                {
                    underWay.Remove(ended);
                    await ended;
                }

                underWay.Add(DemoCaller.CallAsync(router, traffic.OfNow(time.GetUtcNow()), string.Create(CultureInfo.InvariantCulture, $"demo-live-{time.GetUtcNow().UtcTicks:x}-{count}"), stop));
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }

        // What is under way ends by the same token.
        await Task.WhenAll(underWay.Select(call => EndedAsync(call, stop)));
    }

    private static async Task EndedAsync(Task call, CancellationToken stop)
    {
        try
        {
            await call;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
    }
}
