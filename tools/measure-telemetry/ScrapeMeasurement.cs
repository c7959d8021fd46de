using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using ServerlessRouter.Tools.MeasureDoors;

namespace ServerlessRouter.Tools.MeasureTelemetry;

/// <summary>How long <c>/metrics</c> takes at a router that has seen many routes and models.</summary>
internal static class ScrapeMeasurement
{
    private const int Models = 10;
    private const int Scrapes = 50;

    /// <summary>Longer than the exporter answers with the same page again.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(400);

    public static async Task RunAsync(IReadOnlyList<string> folders, string place, int vendorPort, IReadOnlyList<int> routes)
    {
        Console.WriteLine("\n| `/metrics` | series | bytes | ms, median | p95 | slowest | processor time of the router, ms |\n| --- | --- | --- | --- | --- | --- | --- |");
        var port = vendorPort;
        foreach (var count in routes)
        {
            var configuration = Path.Combine(place, $"routes-{count}.json");
            await File.WriteAllBytesAsync(configuration, Configuration(vendorPort, count));
            foreach (var folder in folders)
            {
                using var router = await Router.StartAsync(folder, ++port, ["--config", configuration, "--metrics", "on"], new Dictionary<string, string>());
                await MeasureAsync(folder, router, count);
            }
        }
    }

    private static async Task MeasureAsync(string folder, Router router, int routes)
    {
        using var client = new HttpClient();
        for (var route = 0; route < routes; route++)
        {
            using var content = new StringContent($$"""{"model":"route-{{route}}","messages":[{"role":"user","content":"Hello."}]}""", Encoding.UTF8, "application/json");
            using var answer = await client.PostAsync(new Uri(router.Address, Paths.Chat), content);
            answer.EnsureSuccessStatusCode();
        }

        var page = new Uri(router.Address, "/metrics");
        var (text, times, cpu) = ("", new List<double>(), 0.0);
        // The first ones compile what makes the page.
        for (var scrape = -Scrapes / 5; scrape < Scrapes; scrape++)
        {
            await Task.Delay(Pause, TimeProvider.System);
            cpu = scrape == 0 ? router.CpuSeconds : cpu;
            var began = Stopwatch.GetTimestamp();
            text = await client.GetStringAsync(page);
            if (scrape >= 0)
                times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }

        var series = text.Split('\n').Count(static line => line.Length > 0 && line[0] != '#');
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {Path.GetFileName(folder.TrimEnd('/'))}, {routes} routes | {series} | {Encoding.UTF8.GetByteCount(text)} | {Rounds.Median(times):0.0} | {Rounds.Quantile(times, 0.95):0.0} | {times.Max():0.0} | {(router.CpuSeconds - cpu) * 1000 / Scrapes:0.0} |"));
    }

    private static byte[] Configuration(int port, int routes) => JsonSerializer.SerializeToUtf8Bytes(new
    {
        providers = new { mock = new { kind = "openai", endpoint = $"http://127.0.0.1:{port}/v1/", credential = "env:VENDOR_KEY", responses = false } },
        models = Enumerable.Range(0, Models).ToDictionary(static model => $"model-{model}", static model => new
        {
            price = new { inputPerMillion = 0.25, outputPerMillion = 2.0 },
            contextWindow = 400_000,
            capabilities = Array.Empty<string>(),
            quality = new Dictionary<string, double> { ["default"] = 0.7 },
            deployments = new[] { new { provider = "mock", name = $"vendor-model-{model}" } },
        }),
        routes = Enumerable.Range(0, routes).ToDictionary(static route => $"route-{route}", static route => new { candidates = new[] { $"model-{route % Models}" } }),
    });
}
