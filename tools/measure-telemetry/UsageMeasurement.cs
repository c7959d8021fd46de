using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ServerlessRouter.Admission;
using ServerlessRouter.Http.Admin;
using ServerlessRouter.Http.Hosting;
using ServerlessRouter.State;
using ServerlessRouter.Testing.Books;
using ServerlessRouter.Testing.Diagnostics;
using ServerlessRouter.Tools.MeasureDoors;

namespace ServerlessRouter.Tools.MeasureTelemetry;

/// <summary>What the page for usage waits for over thirteen months of 50 keys and 10 models: its calls to the API of a router over a store that holds them, as its scripts make them.</summary>
internal sealed class UsageMeasurement : IAsyncDisposable
{
    private const string AdminKey = "the-admin-key-of-this-measurement";

    /// <summary>Pages that the script reads of sums over time, and of sums of the window.</summary>
    private const int MaxPages = 12;

    private readonly WebApplication _server;
    private readonly CountedStore _store;
    private readonly HttpClient _client = new();
    private int _calls;

    private UsageMeasurement(WebApplication server, CountedStore store, int port)
    {
        (_server, _store) = (server, store);
        _client.BaseAddress = new Uri($"http://127.0.0.1:{port}/");
        _client.DefaultRequestHeaders.Authorization = new("Bearer", AdminKey);
    }

    public static void TellHead() => Console.WriteLine("\n| thirteen months, 50 keys, 10 models | ms, median | p95 | slowest | calls | of these to the store | rows |\n| --- | --- | --- | --- | --- | --- | --- |");

    /// <summary>Fills the store and starts a router over it.</summary>
    public static async Task<UsageMeasurement> StartAsync(ITableStore store, string place, int port)
    {
        await ThirteenMonths.FillAsync(store, TimeProvider.System);
        var counting = new CountedStore(store);
        var file = Path.Combine(place, "router.json");
        await File.WriteAllBytesAsync(file, Row.Configuration(port));
        // Of the configuration nothing is called.
        Environment.SetEnvironmentVariable("VENDOR_KEY", "none");
        var configuration = await RouterConfiguration.ReadAsync(file);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        builder.Services.AddServerlessRouter(configuration with { Path = null }, (_, given) => given with { Store = counting });
        builder.Services.AddSingleton(provider => AdminServices.Of(
            new AdminGate($"sha256:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(AdminKey)))}", []), provider.GetRequiredService<RouterServices>()));
        var server = builder.Build();
        server.MapServerlessRouter();
        await server.StartAsync();
        return new UsageMeasurement(server, counting, port);
    }

    public async Task RunAsync(string name, int rounds)
    {
        var today = TimeProvider.System.GetUtcNow().UtcDateTime.Date;
        var (from, to) = (today.AddDays(-ThirteenMonths.Days), today.AddDays(1));
        await TellAsync($"{name}: one line, by the day", rounds, () => PageAsync(from, to, null), ThirteenMonths.Days);
        await TellAsync("– by model", rounds, () => PageAsync(from, to, "model"), ThirteenMonths.Days * ThirteenMonths.Models);
        await TellAsync("– by key", rounds, () => PageAsync(from, to, "key"), ThirteenMonths.Days * ThirteenMonths.Keys);
        await TellAsync("– by model, of one key", rounds, () => PageAsync(from, to, "model", "&key=key-7"), ThirteenMonths.Days * ThirteenMonths.Models);
        await TellAsync("– one answer: the first 1,000 sums by day and model", rounds, () => SumsAsync(from, to, "day,model", "", maxPages: 1), 1000);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    /// <summary>The three questions at once, as the script asks them; the number of sums over time.</summary>
    private async Task<int> PageAsync(DateTime from, DateTime to, string? by, string filter = "")
    {
        var total = SumsAsync(from, to, "window", filter, MaxPages);
        var parts = by is null ? Task.FromResult(0) : SumsAsync(from, to, $"window,{by}", filter, MaxPages);
        var steps = SumsAsync(from, to, by is null ? "day" : $"day,{by}", filter, MaxPages);
        await Task.WhenAll(total, parts, steps);
        return await steps;
    }

    private async Task<int> SumsAsync(DateTime from, DateTime to, string groups, string filter, int maxPages)
    {
        var (count, after) = (0, "");
        for (var page = 0; page < maxPages; page++)
        {
            Interlocked.Increment(ref _calls);
            using var answer = await _client.GetAsync(new Uri($"v1/usage?from={from:yyyy-MM-dd}T00:00:00Z&to={to:yyyy-MM-dd}T00:00:00Z&group_by={groups}{filter}&limit=1000{after}", UriKind.Relative));
            answer.EnsureSuccessStatusCode();
            using var document = await JsonDocument.ParseAsync(await answer.Content.ReadAsStreamAsync());
            count += document.RootElement.GetProperty("data").GetArrayLength();
            if (document.RootElement.GetProperty("next").GetString() is not { } next)
                break;
            after = $"&after={Uri.EscapeDataString(next)}";
        }

        return count;
    }

    private async Task TellAsync(string name, int rounds, Func<Task<int>> ask, int sums)
    {
        var (times, asked) = (new List<double>(), "");
        // Of the first ones code is compiled.
        for (var round = -rounds / 2; round < rounds; round++)
        {
            _store.Begin();
            _calls = 0;
            var began = Stopwatch.GetTimestamp();
            var found = await ask();
            if (round >= 0)
                times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            if (found < Math.Min(sums, 1000 * MaxPages / 2))
                throw new InvalidOperationException($"'{name}' found {found} sums of {sums}.");
            asked = $"{_calls} | {_store.Reads} | {_store.Rows}";
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {Rounds.Median(times):0} | {Rounds.Quantile(times, 0.95):0} | {times.Max():0} | {asked} |"));
    }
}
