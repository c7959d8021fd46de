using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using ServerlessRouter.Configuration;
using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Jobs;
using ServerlessRouter.Jobs.Local;
using ServerlessRouter.Jobs.Services;
using ServerlessRouter.Providers;
using ServerlessRouter.Testing;
using ServerlessRouter.Testing.Diagnostics;
using ServerlessRouter.Testing.Models;
using ServerlessRouter.Testing.Upstreams;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.FunctionalTests.Telemetry;

/// <summary>What is written while a request is answered says for which one, also where its message names none.</summary>
public sealed class JsonLogLinesTests : IAsyncLifetime
{
    private const string TraceId = "0af7651916cd43dd8448eb211c80319c";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("router-json-log-");
    private FakeUpstream _upstream = null!;

    public async Task InitializeAsync()
    {
        _upstream = await FakeUpstream.StartAsync();
        // The breaker opens at once, and says so without a word of the request.
        _upstream.Default(Reply.Status(401));
    }

    public async Task DisposeAsync()
    {
        await _upstream.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task EveryLineForARequest_HasItsIdAndTheTraceOfItsCaller()
    {
        var lines = await LinesOfAsync(
            ["--access-log"],
            ("v1/chat/completions", "first-1", Encoding.UTF8.GetString(ChatBodies.Plain())),
            ("v1/chat/completions", "second-2", Encoding.UTF8.GetString(ChatBodies.Plain())));

        Assert.Equal("first-1", (string?)lines.First(static line => (string?)line["category"] == "ServerlessRouter.Health.HealthLog")["request_id"]);
        var told = lines.Where(static line => (string?)line["request_id"] is not null).ToList();
        Assert.Equal(["first-1", "second-2"], told.Select(static line => (string)line["request_id"]!).Distinct());
        Assert.All(told, static line => Assert.Equal(TraceId, (string?)line["trace_id"]));
        Assert.All(lines, static line => Assert.Equal(1, line.Count(static member => member.Key == "request_id") + (IsOfNoRequest(line) ? 1 : 0)));
    }

    [Fact]
    public async Task EveryLineForAnItemOfAJob_HasItsId()
    {
        using var log = new LogCollector();
        using var loggers = new LoggerFactory([log], new LoggerFilterOptions { MinLevel = LogLevel.Debug });
        var model = new RouterBuilder().Provider("vendor", provider => provider.Kind(ProviderKinds.OpenAI, _upstream.OpenAiAddress)).Model("mini", static model => model.At("vendor")).Build();
        await using var router = RouterServices.Create(new RouterServicesOptions { Models = new RouterModelSource(model), Loggers = loggers });
        using var jobs = JobServices.Over(router);
        await using var runner = new LocalJobRunner(jobs, new LocalJobRunnerOptions(), TimeProvider.System, loggers.CreateLogger<LocalJobRunner>());
        jobs.Launcher = runner;
        var order = new JobOrder { Kind = JobKind.Request, Caller = null, Endpoint = JobEndpoints.ChatCompletions, Body = ChatBodies.Plain(model: "mini"), Headers = $$"""{"traceparent":"00-{{TraceId}}-b7ad6b7169203331-01"}""" };

        var job = (await jobs.Desk.SubmitAsync(order, default)).Job!;
        await Eventually.HoldsAsync(() => Opened(log) is not null, "the breaker to open");

        Assert.Contains($"Request {job.Id}.0 of 00-{TraceId}-b7ad6b7169203331-01", Opened(log)!.Scopes);
    }

    /// <summary>Starts the router with logs as JSON, sends each body, stops it, and gives what it wrote.</summary>
    private async Task<List<JsonObject>> LinesOfAsync(string[] arguments, params (string Path, string Id, string Body)[] requests)
    {
        var path = Path.Combine(_folder.FullName, "router.json");
        await File.WriteAllTextAsync(path, new RouterFile().Upstream("m", _upstream, """{"quality":{"default":0.8}}""").Route("auto", ["m"]).ToString());
        await using var process = RouterProcess.Start(["--config", path, "--urls", "http://127.0.0.1:0", "--log-format", "json", .. arguments]);
        var banner = await process.ReadUntilAsync("codex -m");
        using (var client = new HttpClient { BaseAddress = new Uri(banner.Split("Listening on ")[1].Split('\n')[0].Trim() + "/") })
        {
            foreach (var (door, id, body) in requests)
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, door) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
                request.Headers.Add("x-request-id", id);
                request.Headers.Add("traceparent", $"00-{TraceId}-b7ad6b7169203331-01");
                using var answer = await client.SendAsync(request);
                Assert.NotEqual(HttpStatusCode.OK, answer.StatusCode);
            }
        }

        // A good stop lets the console write what it still has.
        var printed = await process.InterruptAsync();
        return [.. printed.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(static line => line.StartsWith('{')).Select(static line => JsonNode.Parse(line)!.AsObject())];
    }

    private static LogEntry? Opened(LogCollector log) => log.Entries.FirstOrDefault(static entry => entry.Category == "ServerlessRouter.Health.HealthLog");

    /// <summary>The server's own lines, and what the router writes by itself: that there is an alert, as it stops.</summary>
    private static bool IsOfNoRequest(JsonObject line) =>
        (string?)line["category"] is { } category && (!category.StartsWith("ServerlessRouter.", StringComparison.Ordinal) || category.StartsWith("ServerlessRouter.Alerts.", StringComparison.Ordinal));
}
