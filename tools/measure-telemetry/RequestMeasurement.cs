using System.Globalization;
using ServerlessRouter.Tools.MeasureDoors;

namespace ServerlessRouter.Tools.MeasureTelemetry;

/// <summary>
/// What a small request costs the router, by what it shows. Takes every case of every published router in turns: on a shared machine figures drift from minute to minute, so cases are compared within a
/// round, and the ratios' median counts.
/// </summary>
internal sealed class RequestMeasurement(IReadOnlyList<string> folders, IReadOnlyDictionary<(string Folder, TelemetryCase Case), Router> routers, Collector collector, int seconds)
{
    /// <summary>Of the server, of the request and of the call.</summary>
    private const int SpansOfARequest = 3;

    private static readonly TimeSpan ScrapeInterval = TimeSpan.FromSeconds(1);
    private static readonly Row Small = Row.All[0];

    private readonly IReadOnlyList<TelemetryCase> _cases = [.. TelemetryCase.All.Where(one => routers.ContainsKey((folders[0], one)))];
    private readonly Dictionary<(string, TelemetryCase), List<Figures>> _figures = [];

    public async Task RunAsync(int warm, int rounds)
    {
        foreach (var (folder, measured) in Pairs())
        {
            if (await Load.CheckAsync(routers[(folder, measured)], Small) is { } fault)
                throw new InvalidOperationException($"'{measured.Name}' of '{folder}' is answered wrongly: {fault}");
            _figures[(folder, measured)] = [];
        }

        // A case that comes last in one pass is compiled with what the others have taught in between.
        for (var pass = 0; pass < 2; pass++)
        {
            foreach (var (folder, measured) in Pairs())
            {
                for (var left = warm / 2; left > 0;)
                    left -= (await MeasureAsync(routers[(folder, measured)], measured, 1)).Requests;
            }
        }

        for (var round = 0; round < rounds; round++)
        {
            foreach (var (folder, measured) in Pairs())
                _figures[(folder, measured)].Add(await MeasureAsync(routers[(folder, measured)], measured, seconds));
            await Console.Error.WriteLineAsync($"round {round + 1} of {rounds}");
        }

        foreach (var folder in folders)
            Tell(folder);
    }

    private async Task<Figures> MeasureAsync(Router router, TelemetryCase measured, int duration)
    {
        using var end = new CancellationTokenSource();
        var scraping = measured.IsScraped ? ScrapeAsync(router, end.Token) : Task.CompletedTask;
        var (spans, bytes, cpu) = (collector.Spans, collector.Bytes, router.CpuSeconds);
        var requests = await Load.RunAsync(router, Small, duration);
        var figures = new Figures(requests, (router.CpuSeconds - cpu) * 1e6 / requests, (double)(collector.Spans - spans) / requests, (double)(collector.Bytes - bytes) / requests);
        await end.CancelAsync();
        await scraping;
        return figures;
    }

    private static async Task ScrapeAsync(Router router, CancellationToken end)
    {
        using var client = new HttpClient();
        try
        {
            while (true)
            {
                await client.GetStringAsync(new Uri(router.Address, "/metrics"), end);
                await Task.Delay(ScrapeInterval, TimeProvider.System, end);
            }
        }
        catch (OperationCanceledException)
        {
            // The round is over.
        }
    }

    /// <summary>A case of one router, then the same of the next: what is compared lies close together.</summary>
    private IEnumerable<(string Folder, TelemetryCase Case)> Pairs() => _cases.SelectMany(measured => folders.Select(folder => (folder, measured)));

    private void Tell(string folder)
    {
        Console.WriteLine(
            $"\n| {NameOf(folder)}: µs a request | median | lowest to highest | × off | lowest to highest | × {NameOf(folders[0])} | spans that came, of those made | their bytes a request |\n| --- | --- | --- | --- | --- | --- | --- | --- |");
        foreach (var measured in _cases)
        {
            var micros = Micros(folder, measured);
            var (ofOff, ofFirst) = (Rounds.Ratios(micros, Micros(folder, TelemetryCase.Off)), Rounds.Ratios(micros, Micros(folders[0], measured)));
            var figures = _figures[(folder, measured)];
            var sent = measured.Protocol is null
                ? "|  |"
                : string.Create(CultureInfo.InvariantCulture, $"| {Rounds.Median(figures.Select(static one => one.Spans)) / SpansOfARequest / measured.Sampled:0.00} | {Rounds.Median(figures.Select(static one => one.Bytes)):0} |");
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {measured.Name} | {Rounds.Median(micros):0.0} | {micros.Min():0.0} to {micros.Max():0.0} | {Rounds.Median(ofOff):0.000} | {ofOff.Min():0.00} to {ofOff.Max():0.00} | {Rounds.Median(ofFirst):0.00} {sent}"));
        }
    }

    private List<double> Micros(string folder, TelemetryCase measured) => [.. _figures[(folder, measured)].Select(static one => one.Micros)];

    private static string NameOf(string folder) => Path.GetFileName(folder.TrimEnd('/'));

    /// <summary>What came of one case in one round.</summary>
    private sealed record Figures(int Requests, double Micros, double Spans, double Bytes);
}
