using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using ServerlessRouter.Admission;
using ServerlessRouter.Configuration;
using ServerlessRouter.Configuration.Secrets;
using ServerlessRouter.Core.Tests.Recording.Usage;
using ServerlessRouter.Core.Tests.State;
using ServerlessRouter.Http.Admin;
using ServerlessRouter.Recording;
using ServerlessRouter.Recording.Usage;
using ServerlessRouter.State;
using ServerlessRouter.State.Memory;
using ServerlessRouter.Testing;
using ServerlessRouter.Testing.Chance;
using ServerlessRouter.Testing.Models;
using ServerlessRouter.Testing.Time;
using Xunit;

namespace ServerlessRouter.Core.Tests.Http;

/// <summary>Who used what, asked for over HTTP.</summary>
public sealed class UsageEndpointTests : IAsyncLifetime
{
    private const string AdminKey = "the-admin-s3cret-key";
    private const string SearchKey = "the-search-s3cret-key";

    private readonly ScriptedStore _store = new(new MemoryTableStore(new ManualTimeProvider()));
    private HttpServer _server = null!;
    private Accounting _books = null!;

    public async Task InitializeAsync()
    {
        _server = await StartAsync(_store, $"sha256:{KeyHash.Of(AdminKey)}", SearchKey);
        _books = new Accounting(_store, new RouterModelSource(new RouterBuilder().Model("mini").Build()), new AccountingOptions(), _server.Time, new SeededRandomSource(7), NullLoggerFactory.Instance);
        await UseAsync("search");
        await UseAsync("search", "large");
        await UseAsync("shop");
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Get_ByTheAdmin_TellsEveryCallersByKeyAndModel()
    {
        var usage = await GetAsync("?group_by=key,model", AdminKey);

        JsonAssert.Equal(
            """
            {"object":"list","data":[
              {"object":"usage","from":"2026-01-01T00:00:00Z","to":"2026-01-02T00:00:00Z","key":"search","model":"large","requests":1,"failures":0,"attempts":1,"estimated_attempts":0,"fallbacks":0,"hedges":0,"escalations":0,
               "prompt_tokens":10,"cached_tokens":4,"cache_write_tokens":0,"cached_share":0.4,"completion_tokens":5,"reasoning_tokens":2,"cost":0.000125,"cache_hits":0,"saved_cost":0,
               "latency_p50":null,"latency_p95":null,"latency_p99":null,"first_token_p50":null,"first_token_p95":null,"first_token_p99":null,
               "overhead_p50":null,"overhead_p95":null,"overhead_p99":null,"tokens_per_second_p50":null},
              {"object":"usage","from":"2026-01-01T00:00:00Z","to":"2026-01-02T00:00:00Z","key":"search","model":"mini","requests":1,"failures":0,"attempts":1,"estimated_attempts":0,"fallbacks":0,"hedges":0,"escalations":0,
               "prompt_tokens":10,"cached_tokens":4,"cache_write_tokens":0,"cached_share":0.4,"completion_tokens":5,"reasoning_tokens":2,"cost":0.000125,"cache_hits":0,"saved_cost":0,
               "latency_p50":null,"latency_p95":null,"latency_p99":null,"first_token_p50":null,"first_token_p95":null,"first_token_p99":null,
               "overhead_p50":null,"overhead_p95":null,"overhead_p99":null,"tokens_per_second_p50":null},
              {"object":"usage","from":"2026-01-01T00:00:00Z","to":"2026-01-02T00:00:00Z","key":"shop","model":"mini","requests":1,"failures":0,"attempts":1,"estimated_attempts":0,"fallbacks":0,"hedges":0,"escalations":0,
               "prompt_tokens":10,"cached_tokens":4,"cache_write_tokens":0,"cached_share":0.4,"completion_tokens":5,"reasoning_tokens":2,"cost":0.000125,"cache_hits":0,"saved_cost":0,
               "latency_p50":null,"latency_p95":null,"latency_p99":null,"first_token_p50":null,"first_token_p95":null,"first_token_p99":null,
               "overhead_p50":null,"overhead_p95":null,"overhead_p99":null,"tokens_per_second_p50":null}],
             "has_more":false,"next":null}
            """,
            usage.ToJsonString());
    }

    [Theory]
    [InlineData("", 2)]
    [InlineData("?key=search", 2)]
    [InlineData("?model=large", 1)]
    public async Task Get_ByACaller_TellsItsOwnAlone(string query, int requests)
    {
        var usage = await GetAsync(query, SearchKey);

        Assert.Equal(requests, (int)Assert.Single(usage["data"]!.AsArray())!["requests"]!);
    }

    [Fact]
    public async Task Get_InPages_GivesEachOnce()
    {
        var keys = new List<(string?, string?)>();
        for (string? after = ""; after is not null;)
        {
            var page = await GetAsync($"?group_by=hour,key,model&limit=1{after}", AdminKey);
            keys.AddRange(page["data"]!.AsArray().Select(static sum => ((string?)sum!["key"], (string?)sum["model"])));
            Assert.Equal((bool)page["has_more"]!, page["next"] is not null);
            after = (string?)page["next"] is { } next ? $"&after={next}" : null;
        }

        Assert.Equal([("search", "large"), ("search", "mini"), ("shop", "mini")], keys);
    }

    [Theory]
    [InlineData("?from=2026-01-01&to=2026-01-02", 3)]
    [InlineData("?from=2025-12-30&to=2026-01-01", 0)]
    [InlineData("?group_by=hour&from=2026-01-01T00:00:00Z&to=2026-01-01T01:00:00Z", 3)]
    [InlineData("?group_by=hour&from=2026-01-01T01:00:00%2B01:00&to=2026-01-01T01:00Z", 3)]
    [InlineData("?group_by=hour&from=2026-01-01T01:00:00Z", 0)]
    [InlineData("?group_by=hour&to=2026-01-01", 0)]
    [InlineData("?from=2026-01-01&to=9999-12-31", 3)]
    [InlineData("?group_by=hour&from=2026-01-01&to=9999-12-31T23:00Z", 3)]
    [InlineData("?from=2027-01-01", 0)]
    [InlineData("?from=9999-12-30&to=9999-12-31", 0)]
    [InlineData("?to=2024-12-01", 0)]
    [InlineData("?route=auto", 3)]
    [InlineData("?key=", 0)]
    public async Task Get_OfASpan_CountsWhatLiesInIt(string query, int requests)
    {
        var usage = await GetAsync(query, AdminKey);

        Assert.Equal(requests, usage["data"]!.AsArray().Sum(static sum => (int)sum!["requests"]!));
        Assert.False((bool)usage["has_more"]!);
    }

    [Fact]
    public async Task Get_ByTheHourWithoutSpan_TellsTheLast24Hours()
    {
        _server.Time.Advance(TimeSpan.FromHours(12));
        await UseAsync("shop");
        _server.Time.Advance(TimeSpan.FromHours(12.5));
        var afterMidnight = await GetAsync("?group_by=hour", AdminKey);
        _server.Time.Advance(TimeSpan.FromHours(12));
        var aDayLater = await GetAsync("?group_by=hour", AdminKey);

        Assert.Equal((1, 0), (Requests(afterMidnight), Requests(aDayLater)));
        Assert.Equal(4, Requests(await GetAsync("?group_by=hour&to=2026-01-02", AdminKey)));

        static int Requests(JsonNode usage) => usage["data"]!.AsArray().Sum(static sum => (int)sum!["requests"]!);
    }

    /// <summary>The span of a caller that sends none moves on between two of its pages.</summary>
    [Fact]
    public async Task Get_NextPageAfterItsSpanHasMovedOn_TellsTheRest()
    {
        _server.Time.Advance(TimeSpan.FromHours(23));
        var first = await GetAsync("?group_by=hour,key,model&limit=1", AdminKey);
        _server.Time.Advance(TimeSpan.FromHours(1));

        var second = await GetAsync($"?group_by=hour,key,model&limit=1&after={first["next"]}", AdminKey);

        Assert.Empty(second["data"]!.AsArray());
    }

    [Theory]
    [InlineData("?from=yesterday", "from", "must be a day such as")]
    [InlineData("?from=2026-02-30", "from", "must be a day such as")]
    [InlineData("?to=", "to", "must be a day such as")]
    [InlineData("?from=2026-01-01T05:00:00Z", "from", "add hour to 'group_by'")]
    [InlineData("?group_by=hour&from=2026-01-01T00:30:00Z", "from", "beginning of a UTC hour")]
    [InlineData("?from=2026-01-01&to=2026-01-01", "from", "before 'to'")]
    [InlineData("?from=2020-01-01", "from", "at most 400 days back")]
    [InlineData("?group_by=hour&from=2025-11-01", "from", "at most 35 days back")]
    [InlineData("?to=0001-01-01", "to", "told by the day for 400 days")]
    [InlineData("?to=2024-11-27", "to", "after 2024-11-27")]
    [InlineData("?group_by=hour&to=2025-11-20", "to", "told by the hour for 35 days")]
    [InlineData("?from=0001-01-01&to=0001-01-02", "to", "told by the day for 400 days")]
    [InlineData("?to=9999-12-31T23:00-05:00", "to", "must be a day such as")]
    [InlineData("?after=OTk5OTEyMzEyMw", "after", "of the page before")]
    [InlineData("?after=MDAwMTAxMDEwMA&from=2026-01-01", "after", "of the page before")]
    [InlineData("?group_by=week", "group_by", "names out of minute, hour, day, window, key, tier")]
    [InlineData("?group_by=", "group_by", "names out of minute, hour, day, window, key, tier")]
    [InlineData("?group_by=hour,day", "group_by", "not several")]
    [InlineData("?limit=0", "limit", "from 1 to 1000")]
    [InlineData("?limit=1001", "limit", "from 1 to 1000")]
    [InlineData("?limit=ten", "limit", "from 1 to 1000")]
    [InlineData("?after=%00", "after", "of the page before")]
    [InlineData("?after=bm9uc2Vuc2U", "after", "of the page before")]
    [InlineData("?form=2026-01-01", "form", "none of the parameters")]
    public async Task Get_BadParameter_Is400NamingItAndHowToMendIt(string query, string param, string expected)
    {
        using var answer = await SendAsync(query, AdminKey);
        var error = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["error"]!;

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(param, (string?)error["param"]);
        Assert.Contains(expected, (string?)error["message"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", null, HttpStatusCode.Unauthorized, "No API key was sent")]
    [InlineData("", "wrong", HttpStatusCode.Unauthorized, "is not one this router has issued")]
    [InlineData("?key=shop", SearchKey, HttpStatusCode.Forbidden, "its own usage only")]
    public async Task Get_OfWhatIsNotOnes_IsRefused(string query, string? key, HttpStatusCode status, string expected)
    {
        using var answer = await SendAsync(query, key);

        Assert.Equal(status, answer.StatusCode);
        Assert.Contains(expected, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_AdminKeyCannotBeLookedUp_Is503ForACallerWhoMayBeTheAdmin()
    {
        await using var server = await StartAsync(_store, $"{SecretSchemes.KeyVault}:admin", SearchKey);

        using var admin = await SendAsync(server, "", AdminKey);
        using var caller = await SendAsync(server, "", SearchKey);

        Assert.Equal((HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK), (admin.StatusCode, caller.StatusCode));
        Assert.Contains("admin key cannot be looked up", await admin.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(AdminKey, HttpStatusCode.OK, "\"requests\":3")]
    [InlineData(AdminKey + "x", HttpStatusCode.Unauthorized, "is not the admin key")]
    [InlineData(null, HttpStatusCode.OK, "\"data\":[]")]
    public async Task Get_WhileNoKeysAreConfigured_TakesAKeyForTheAdmins(string? key, HttpStatusCode status, string expected)
    {
        await using var server = await StartAsync(_store, $"sha256:{KeyHash.Of(AdminKey)}", null);

        using var answer = await SendAsync(server, "", key);

        Assert.Equal(status, answer.StatusCode);
        Assert.Contains(expected, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    /// <summary>SDKs always send some key.</summary>
    [Fact]
    public async Task Get_NeitherKeysNorAdminKey_MindsNoKey()
    {
        await using var server = await StartAsync(_store, null, null);

        using var answer = await SendAsync(server, "", "anything");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Get_StoreIsDown_Is503()
    {
        _store.Answer = static _ => throw new TableStoreUnavailableException("down");

        using var answer = await SendAsync("", AdminKey);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.NotNull(answer.Headers.RetryAfter);
    }

    [Fact]
    public async Task Get_AsManyAsMayAreReading_Is503ForTheNextAndLeavesTheStoreToOthers()
    {
        var (options, held) = (new UsageOptions(), new TaskCompletionSource());
        var (calls, allCame) = (0, new TaskCompletionSource());
        var most = options.MaxReadings;
        _store.Answer = _ =>
        {
            if (Interlocked.Increment(ref calls) == most)
                allCame.SetResult();
            return held.Task;
        };
        var first = Enumerable.Range(0, options.MaxReadings).Select(_ => SendAsync("?from=2026-01-01", AdminKey)).ToList();
        await Patience.WaitAsync(allCame.Task, () => $"{most} calls to the store; {calls} came");

        var late = SendAsync("", SearchKey);
        await _server.Time.WaitForTimerDueInAsync(options.ReadPatience);
        _server.Time.Advance(options.ReadPatience);
        using var refused = await late;
        var callsUnderWay = Volatile.Read(ref calls);
        held.SetResult();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.NotNull(refused.Headers.RetryAfter);
        Assert.Contains("others are reading usage", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(most, callsUnderWay);
        foreach (var answer in await Task.WhenAll(first))
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private async Task UseAsync(string key, string model = "mini")
    {
        _books.Listener.OnSettled(UsageFleet.Answered(key, model));
        await UsageFleet.FlushAsync(_books);
    }

    private static Task<HttpServer> StartAsync(ITableStore store, string? adminKey, string? callersKey)
    {
        var router = new RouterBuilder().Model("mini");
        return HttpServer.StartAsync(
            (callersKey is null ? router : router.Key(callersKey, "search")).Build(),
            admin: new AdminServices(new AdminGate(adminKey, [new AwayVault()]), null),
            store: store);
    }

    private async Task<JsonNode> GetAsync(string query, string key)
    {
        using var answer = await SendAsync(_server, query, key);
        var body = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, body);
        return JsonNode.Parse(body)!;
    }

    private Task<HttpResponseMessage> SendAsync(string query, string? key) => SendAsync(_server, query, key);

    private static Task<HttpResponseMessage> SendAsync(HttpServer server, string query, string? key)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, $"v1/usage{query}");
        if (key is not null)
            request.Headers.Add("api-key", key);
        return server.Client.SendAsync(request);
    }

    /// <summary>A vault that does not answer.</summary>
    private sealed class AwayVault : ISecretResolver
    {
        public string Scheme => SecretSchemes.KeyVault;

        public ValueTask<SecretResolution> ResolveAsync(string name, CancellationToken cancellationToken) => ValueTask.FromResult(SecretResolution.Failed("the vault does not answer"));
    }
}
