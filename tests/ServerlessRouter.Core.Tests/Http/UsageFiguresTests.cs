using System.Collections.Frozen;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using ServerlessRouter.Admission;
using ServerlessRouter.Configuration;
using ServerlessRouter.Configuration.Secrets;
using ServerlessRouter.Core.Tests.Recording.Usage;
using ServerlessRouter.Domain;
using ServerlessRouter.Errors;
using ServerlessRouter.Http.Admin;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Recording;
using ServerlessRouter.State.Memory;
using ServerlessRouter.Testing.Chance;
using ServerlessRouter.Testing.Models;
using ServerlessRouter.Testing.Time;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.Core.Tests.Http;

/// <summary>What usage tells beside requests and money, by what it is told apart, and as a table.</summary>
public sealed class UsageFiguresTests : IAsyncLifetime
{
    private const string AdminKey = "the-admin-s3cret-key";
    private const string SearchKey = "the-search-s3cret-key";
    private const string LimitedKey = "the-limited-s3cret-key";

    private static readonly RouterModel Router = new RouterBuilder()
        .Model("mini", static model => model.Price(1, 2)).Model("large", static model => model.Price(10, 20, 0.5m)).Model("cheap", static model => model.Price(0, 0))
        .Route("auto", static route => route.Candidates("mini", "large"))
        .Key(SearchKey, "search", static caller => caller with { Tags = Tags(("team", "shop"), ("env", "=1+1, \"live\"")) })
        .Key(LimitedKey, "limited", tier: "small", allowed: ["auto", "mini"]).Build();

    private readonly MemoryTableStore _store = new(new ManualTimeProvider());
    private HttpServer _server = null!;
    private Accounting _books = null!;

    public async Task InitializeAsync()
    {
        _server = await HttpServer.StartAsync(Router, admin: new AdminServices(new AdminGate($"sha256:{KeyHash.Of(AdminKey)}", [new EnvironmentSecretResolver(static _ => null)]), null), store: _store);
        _books = new Accounting(_store, new RouterModelSource(Router), new AccountingOptions(), _server.Time, new SeededRandomSource(7), NullLoggerFactory.Instance);
        _server.Time.Advance(TimeSpan.FromHours(10));
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Get_ByEveryDimension_TellsEachWithItsValues()
    {
        await UseAsync(Request());

        var sum = await OneAsync("?group_by=window,key,tier,route,model,model_asked,deployment,provider,task,tag:team,tag:env,tag:none,arm,status");

        Assert.Equal(
            ["search", "pro", "auto", "mini", "auto", "simulated/mini", "simulated", "code", "shop", "=1+1, \"live\"", null, null],
            new[] { "key", "tier", "route", "model", "model_asked", "deployment", "provider", "task", "tag:team", "tag:env", "tag:none", "arm" }.Select(name => (string?)sum[name]));
        Assert.Equal(200, (int)sum["status"]!);
    }

    [Theory]
    [InlineData("key=search", 1)]
    [InlineData("key=", 0)]
    [InlineData("tier=pro&route=auto&model=mini&model_asked=auto&deployment=simulated/mini&provider=simulated&task=code&status=200&tag:team=shop", 1)]
    [InlineData("tier=free", 0)]
    [InlineData("model_asked=mini", 0)]
    [InlineData("deployment=simulated/large", 0)]
    [InlineData("provider=openai", 0)]
    [InlineData("task=chat", 0)]
    [InlineData("task=", 0)]
    [InlineData("status=429", 0)]
    [InlineData("tag:team=search", 0)]
    [InlineData("tag:none=", 1)]
    public async Task Get_Filtered_TellsThoseAlone(string filter, int requests)
    {
        await UseAsync(Request());

        Assert.Equal(requests, (await GetAsync($"?{filter}")).Sum(static sum => (int)sum!["requests"]!));
    }

    [Fact]
    public async Task Get_TimesOfRequests_TellsThemWithinTheErrorOfSketches()
    {
        for (var request = 1; request <= 100; request++)
            await UseAsync(Request(seconds: request / 10.0));

        var sum = await OneAsync("?group_by=window");

        AssertNear(5, sum["latency_p50"]);
        AssertNear(9.5, sum["latency_p95"]);
        AssertNear(9.9, sum["latency_p99"]);
        AssertNear(1, sum["first_token_p50"]);
        AssertNear(0.5, sum["overhead_p99"]);
        AssertNear(5 / 4.8, sum["tokens_per_second_p50"]);
    }

    [Fact]
    public async Task Get_RequestsThatFailed_TellNoTimes()
    {
        var context = Request();
        (context.Error, context.Answered) = (new RouterError(RouterErrorCode.TemporarilyUnavailable, "no model is there"), null);
        await UseAsync(context);

        var sum = await OneAsync("?group_by=window");

        Assert.Equal((1, 1), ((int)sum["requests"]!, (int)sum["failures"]!));
        Assert.Null(sum["latency_p50"]);
    }

    [Fact]
    public async Task Get_AttemptsByTheirReasons_CountsFallbacksHedgesAndEscalations()
    {
        var context = Request();
        foreach (var reason in new[] { AttemptReason.OtherDeployment, AttemptReason.NextModel, AttemptReason.Hedge, AttemptReason.NextStep, AttemptReason.NextStep })
            Attempt(context, "large", reason, new TokenUsage(100, 0) { CacheWriteTokens = 30, CachedTokens = 20 });
        await UseAsync(context);

        var sum = await OneAsync("?group_by=window");

        Assert.Equal((6, 2, 1, 2), ((int)sum["attempts"]!, (int)sum["fallbacks"]!, (int)sum["hedges"]!, (int)sum["escalations"]!));
        Assert.Equal((150, 0.1961m), ((int)sum["cache_write_tokens"]!, (decimal)sum["cached_share"]!));
    }

    [Theory]
    [InlineData("large", "0.5002", "0.500075")]
    [InlineData("cheap", "0", "-0.000125")]
    public async Task Get_WithABaseline_TellsWhatTheSameTokensCostThere(string baseline, string cost, string saved)
    {
        await UseAsync(Request());

        var sum = await OneAsync($"?group_by=window&baseline_model={baseline}");

        Assert.Equal((cost, saved), (sum["baseline_cost"]!.ToString(), sum["saved"]!.ToString()));
    }

    [Theory]
    [InlineData("mini", HttpStatusCode.OK)]
    [InlineData("large", HttpStatusCode.BadRequest)]
    [InlineData("none", HttpStatusCode.BadRequest)]
    public async Task Get_WithABaselineByACaller_TellsNothingOfModelsItMayNotAskFor(string baseline, HttpStatusCode expected)
    {
        using var answer = await SendAsync($"?baseline_model={baseline}", LimitedKey);
        using var unknown = await SendAsync("?baseline_model=never-configured", LimitedKey);
        using var admin = await SendAsync("?baseline_model=large", AdminKey);

        Assert.Equal((expected, HttpStatusCode.OK), (answer.StatusCode, admin.StatusCode));
        Assert.Equal(expected == HttpStatusCode.BadRequest, await answer.Content.ReadAsStringAsync() == await unknown.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Get_ByTheMinute_TellsEachMinuteOfTheHour()
    {
        for (var minute = 0; minute < 12; minute++)
        {
            await UseAsync(Request());
            _server.Time.Advance(TimeSpan.FromMinutes(1));
        }

        var sums = await GetAsync("?group_by=minute");
        var page = await GetAsync("?group_by=minute&from=2026-01-01T10:03:00Z&to=2026-01-01T10:07:00Z");
        var window = await OneAsync("?group_by=window&from=2026-01-01T10:03:00Z&to=2026-01-01T10:07:00Z");

        Assert.Equal(12, sums.Count);
        Assert.All(sums, static sum => Assert.Equal(1, (int)sum!["requests"]!));
        Assert.Equal(["10:03", "10:04", "10:05", "10:06"], page.Select(static sum => ((string)sum!["from"]!)[11..16]));
        Assert.Equal(4, (int)window["requests"]!);
    }

    [Fact]
    public async Task Get_MinutesInPages_GivesEachOnce()
    {
        for (var minute = 0; minute < 12; minute++)
        {
            await UseAsync(Request());
            _server.Time.Advance(TimeSpan.FromMinutes(1));
        }

        var minutes = new List<string>();
        for (string? after = ""; after is not null;)
        {
            var page = JsonNode.Parse(await TextAsync($"?group_by=minute&limit=5{after}"))!;
            minutes.AddRange(page["data"]!.AsArray().Select(static sum => (string)sum!["from"]!));
            after = (string?)page["next"] is { } next ? $"&after={next}" : null;
        }

        Assert.Equal(12, minutes.Distinct().Count());
        Assert.Equal(12, minutes.Count);
    }

    [Theory, InlineData("&format=csv", null), InlineData("", "text/csv")]
    public async Task Get_AsCsv_QuotesAndDefusesWhatSomeoneChose(string format, string? accept)
    {
        await UseAsync(Request());

        using var answer = await SendAsync($"?group_by=day,tag:env,status&baseline_model=cheap{format}", AdminKey, accept);
        var lines = (await answer.Content.ReadAsStringAsync()).Split("\r\n");

        Assert.Equal("text/csv; charset=utf-8", answer.Content.Headers.ContentType!.ToString());
        Assert.StartsWith("from,to,tag:env,status,requests,", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("2026-01-01T00:00:00Z,2026-01-02T00:00:00Z,\"'=1+1, \"\"live\"\"\",200,1,", lines[1], StringComparison.Ordinal);
        Assert.EndsWith(",0,-0.000125", lines[1], StringComparison.Ordinal);
        Assert.Equal(lines[0].Split(',').Length + 1, lines[1].Split(',').Length);
        Assert.Equal("", lines[2]);
    }

    [Fact]
    public async Task Get_AsCsvInPages_TellsTheNextInAHeader()
    {
        await UseAsync(Request());
        await UseAsync(Request("large"));

        using var answer = await SendAsync("?group_by=day,model&limit=1&format=csv", AdminKey);
        using var last = await SendAsync($"?group_by=day,model&limit=1&format=csv&after={answer.Headers.GetValues("x-router-next").Single()}", AdminKey);

        Assert.Contains(",mini,", await last.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.False(last.Headers.Contains("x-router-next"));
    }

    [Theory]
    [InlineData("?format=xml", "format", "json or csv")]
    [InlineData("?baseline_model=auto", "baseline_model", "name of a model")]
    [InlineData("?baseline_model=", "baseline_model", "name of a model")]
    [InlineData("?status=many", "status", "from 100 to 599")]
    [InlineData("?status=-1", "status", "from 100 to 599")]
    [InlineData("?group_by=tag:", "group_by", "tag:NAME")]
    [InlineData("?group_by=tag:a,tag:a", "group_by", "each once")]
    [InlineData("?group_by=minute,window", "group_by", "not several")]
    [InlineData("?group_by=minute&from=2025-12-29", "from", "at most 2 days back")]
    [InlineData("?group_by=minute&from=2026-01-01T10:00:30Z", "from", "beginning of a UTC minute")]
    [InlineData("?group_by=window&from=2025-11-01T05:00:00Z", "from", "told by the hour for 35 days")]
    [InlineData("?group_by=window&from=2025-12-20T05:07:00Z", "from", "told by the minute for 2 days")]
    [InlineData("?tags=x", "tags", "tag:NAME")]
    public async Task Get_BadParameter_Is400NamingItAndHowToMendIt(string query, string param, string expected)
    {
        using var answer = await SendAsync(query, AdminKey);
        var error = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["error"]!;

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(param, (string?)error["param"]);
        Assert.Contains(expected, (string?)error["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_ByACaller_TellsItsOwnByEveryDimension()
    {
        await UseAsync(Request());
        await UseAsync(Request(), "other");

        using var answer = await SendAsync("?group_by=window,key,model,task", SearchKey);
        var sum = Assert.Single(JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["data"]!.AsArray())!;

        Assert.Equal(("search", 1), ((string)sum["key"]!, (int)sum["requests"]!));
    }

    private static FrozenDictionary<string, string> Tags(params (string Name, string Value)[] tags) => tags.ToFrozenDictionary(static tag => tag.Name, static tag => tag.Value);

    /// <summary>Asked for <c>auto</c>, answered after so long; half a second is the router's own, and the first token came after one.</summary>
    private RequestContext Request(string model = "mini", double seconds = 2)
    {
        var arrival = _server.Time.GetTimestamp();
        var context = new RequestContext("r-1", Router, ScannedRequest.Of(ChatBodies.Plain(model: "auto")), new ListedHeaders(), arrival)
        {
            Caller = Router.CallersByKeyHash.Values.Single(static caller => caller.Name == "search"), Route = Router.Targets["auto"], Profile = new RequestProfile { Task = TaskKind.Code }, SettledAt = arrival + Ticks(seconds),
        };
        context.Answered = Attempt(context, model, AttemptReason.First, new TokenUsage(10, 5), Ticks(0.5), context.SettledAt);
        context.Answered.MarkFirstToken(arrival + Ticks(1));
        return context;
    }

    private static AttemptContext Attempt(RequestContext context, string model, AttemptReason reason, TokenUsage usage, long after = 0, long end = 0)
    {
        var known = Router.ModelsByName[model];
        var attempt = new AttemptContext(context, known, DeploymentChoice.Fresh) { Deployment = known.Deployments[0], WasSent = true, Reason = reason, StartedAt = context.ReceivedAt + after };
        attempt.End(end, null, usage, UsageFleet.CostUsd);
        context.Attempts.Add(attempt);
        return attempt;
    }

    private static long Ticks(double seconds) => (long)(seconds * TimeSpan.TicksPerSecond);

    private async Task UseAsync(RequestContext context, string? key = null)
    {
        context.CallerName = key ?? context.CallerName;
        _books.Listener.OnSettled(context);
        await UsageFleet.FlushAsync(_books);
    }

    private static void AssertNear(double expected, JsonNode? figure) => Assert.InRange((double)figure!, expected * 0.955, expected * 1.045);

    private async Task<JsonNode> OneAsync(string query) => Assert.Single(await GetAsync(query))!;

    private async Task<JsonArray> GetAsync(string query) => JsonNode.Parse(await TextAsync(query))!["data"]!.AsArray();

    private async Task<string> TextAsync(string query)
    {
        using var answer = await SendAsync(query, AdminKey);
        var body = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, body);
        return body;
    }

    private Task<HttpResponseMessage> SendAsync(string query, string key, string? accept = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, $"v1/usage{query}");
        request.Headers.Add("api-key", key);
        if (accept is not null)
            request.Headers.Add("Accept", accept);
        return _server.Client.SendAsync(request);
    }
}
