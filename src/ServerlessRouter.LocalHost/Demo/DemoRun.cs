using System.Globalization;
using ServerlessRouter.Domain;

namespace ServerlessRouter.LocalHost.Demo;

/// <summary>Goes on with the demonstration while the router runs: a request every few seconds, so that the dashboard moves.</summary>
internal sealed class DemoRun : IAsyncDisposable
{
    private const int MaxUnderWay = 20;
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _room = new(MaxUnderWay);
    private readonly Task _running;

    private DemoRun(RouterServices router, IRandomSource random) => _running = Task.Run(() => RunAsync(router, random, _stop.Token));

    /// <summary>Begins.</summary>
    public static DemoRun Start(RouterServices router, IRandomSource random) => new(router, random);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        // What is under way ends by the same token.
        for (var place = 0; place < MaxUnderWay; place++)
            await _room.WaitAsync();
        _stop.Dispose();
        _room.Dispose();
    }

    private async Task RunAsync(RouterServices router, IRandomSource random, CancellationToken stop)
    {
        var (time, traffic) = (router.Options.Time, new DemoTraffic(router.Options.Time.GetUtcNow(), random));
        try
        {
            for (var count = 0; ; count++)
            {
                await Task.Delay(Between * (2 * random.NextDouble()), time, stop);
                await _room.WaitAsync(stop);
                _ = CallAsync(router, traffic.OfNow(time.GetUtcNow()), string.Create(CultureInfo.InvariantCulture, $"demo-live-{time.GetUtcNow().UtcTicks:x}-{count}"), stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
    }

    private async Task CallAsync(RouterServices router, DemoRequest request, string id, CancellationToken stop)
    {
        try
        {
            await DemoCaller.CallAsync(router, request, id, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
        finally
        {
            _room.Release();
        }
    }
}
