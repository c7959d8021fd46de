using System.Net;
using System.Text.Json.Nodes;
using ServerlessRouter.Admission;
using ServerlessRouter.Configuration.Secrets;
using ServerlessRouter.Core.Tests.Recording.Records;
using ServerlessRouter.Core.Tests.State;
using ServerlessRouter.Http.Admin;
using ServerlessRouter.Recording.Records;
using ServerlessRouter.State;
using ServerlessRouter.State.Memory;
using ServerlessRouter.Testing;
using ServerlessRouter.Testing.Models;
using ServerlessRouter.Testing.Time;
using Xunit;

namespace ServerlessRouter.Core.Tests.Http;

/// <summary>What became of requests, asked for over HTTP.</summary>
public sealed class RecordEndpointTests : IAsyncLifetime
{
    private const string AdminKey = "the-admin-s3cret-key";
    private const string SearchKey = "the-search-s3cret-key";

    private readonly ScriptedStore _store = new(new MemoryTableStore(new ManualTimeProvider()));
    private HttpServer _server = null!;

    public async Task InitializeAsync()
    {
        var scene = new RecordScene(store: _store);
        foreach (var (id, key) in new[] { ("s-1", "search"), ("shop/1", "shop"), ("s-2", "search") })
        {
            scene.Settle(id, key);
            scene.Time.Advance(TimeSpan.FromSeconds(1));
        }

        await scene.FlushAsync();
        _server = await StartAsync(30);
        _server.Time.Advance(scene.Time.GetUtcNow() - _server.Time.GetUtcNow());
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData(AdminKey, "", "s-2,shop/1,s-1")]
    [InlineData(AdminKey, "?key=shop", "shop/1")]
    [InlineData(AdminKey, "?to=2026-03-01T12:00:01Z", "s-1")]
    [InlineData(AdminKey, "?from=2026-03-01T12:00:01Z&to=2026-03-02", "s-2,shop/1")]
    [InlineData(AdminKey, "?from=2026-02-01&to=2026-03-01", "")]
    [InlineData(SearchKey, "", "s-2,s-1")]
    [InlineData(AdminKey, "?route=mini&model=mini&deployment=simulated/mini&status=200&min_cost=0.25", "s-2,shop/1,s-1")]
    [InlineData(AdminKey, "?route=other", "")]
    [InlineData(AdminKey, "?model=large", "")]
    [InlineData(AdminKey, "?deployment=other", "")]
    [InlineData(AdminKey, "?tier=gold", "")]
    [InlineData(AdminKey, "?status=error", "")]
    [InlineData(AdminKey, "?status=429", "")]
    [InlineData(AdminKey, "?min_cost=0.26", "")]
    [InlineData(AdminKey, "?tag:team=x", "")]
    [InlineData(SearchKey, "?model=mini", "s-2,s-1")]
    public async Task List_NewestFirst_OfWhatMayBeSeen(string key, string query, string expected)
    {
        var (status, list) = await GetAsync($"v1/requests{query}", key);

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(expected, string.Join(',', list["data"]!.AsArray().Select(static record => (string?)record!["id"])));
    }

    [Fact]
    public async Task List_InPages_GivesEachOnce()
    {
        var names = new List<string?>();
        for (string? after = ""; after is not null;)
        {
            var (_, page) = await GetAsync($"v1/requests?limit=1{after}", AdminKey);
            names.AddRange(page["data"]!.AsArray().Select(static record => (string?)record!["id"]));
            after = (string?)page["next"] is { } next ? $"&after={next}" : null;
        }

        Assert.Equal(["s-2", "shop/1", "s-1"], names);
    }

    [Fact]
    public async Task Export_AsATable_HasALineForEachAndNoFormula()
    {
        var scene = new RecordScene(store: _store);
        scene.Time.Advance(TimeSpan.FromSeconds(5));
        scene.Settle("=HYPERLINK(1),2", "shop");
        await scene.FlushAsync();
        _server.Time.Advance(TimeSpan.FromSeconds(5));

        var lines = (await ReadAsync("v1/requests?format=csv", "text/csv")).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);

        Assert.StartsWith("id,received_at,kind,key,tier,requested_model,route,model,deployment,status,error,cost,", lines[0], StringComparison.Ordinal);
        Assert.Equal(["\"'=HYPERLINK(1),2\"", "s-2", "shop/1", "s-1"], lines.Skip(1).Select(static line => line[..line.IndexOf(",2026", StringComparison.Ordinal)]));
        Assert.All(lines.Skip(1), static line => Assert.Equal("1,10,0,5,0", string.Join(',', line.Split(',')[^5..])));
    }

    [Theory]
    [InlineData("""{"models":["mini","large","other"],"messages":[{"role":"user","content":"Hi"}]}""", "mini +2")]
    [InlineData("""{"models":["large"],"messages":[{"role":"user","content":"Hi"}]}""", "large")]
    [InlineData("""{"model":"mini","models":["large"],"messages":[{"role":"user","content":"Hi"}]}""", "mini")]
    public async Task Export_OfARequestWithAListOfModels_TellsTheFirstAndHowManyMore(string body, string expected)
    {
        var scene = new RecordScene(store: _store);
        scene.Time.Advance(TimeSpan.FromSeconds(5));
        scene.Settle("listed", "shop", body: body);
        await scene.FlushAsync();
        _server.Time.Advance(TimeSpan.FromSeconds(5));

        var line = (await ReadAsync("v1/requests?format=csv", "text/csv")).Split("\r\n").Single(static line => line.StartsWith("listed,", StringComparison.Ordinal));

        Assert.Equal(expected, line.Split(',')[5]);
    }

    [Fact]
    public async Task Export_AsLines_IsOneRecordEach_AndLeadsToTheRest()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "v1/requests?format=jsonl&limit=2");
        request.Headers.Add("api-key", AdminKey);
        using var answer = await _server.Client.SendAsync(request);

        var lines = (await answer.Content.ReadAsStringAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["s-2", "shop/1"], lines.Select(static line => (string?)JsonNode.Parse(line)!["id"]));
        var next = answer.Headers.GetValues("Link").Single();
        Assert.EndsWith(">; rel=\"next\"", next, StringComparison.Ordinal);
        Assert.Equal("s-1", (string?)JsonNode.Parse(await ReadAsync(next[2..next.IndexOf('>', StringComparison.Ordinal)], "application/jsonl"))!["id"]);
    }

    [Fact]
    public async Task Export_OfLargeRecords_EndsAtItsSizeAndLeadsToTheRest()
    {
        const int Count = 400;
        var scene = new RecordScene(store: _store);
        var names = string.Join(',', Enumerable.Range(0, 64).Select(static _ => $"\"{new string('\u65E5', 78)}\""));
        for (var number = 0; number < Count; number++)
            scene.Settle($"large-{number}", body: $$"""{"models":[{{names}}],"messages":[{"role":"user","content":"Hi"}]}""");
        await scene.FlushAsync();

        var (ids, path) = (new List<string?>(), "v1/requests?format=jsonl");
        for (var answers = 0; path.Length > 0; answers++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.Add("api-key", AdminKey);
            using var answer = await _server.Client.SendAsync(request);
            var body = await answer.Content.ReadAsStringAsync();
            Assert.InRange(body.Length, 1, 12 * 1024 * 1024);
            Assert.InRange(answers, 0, 2);
            ids.AddRange(body.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => (string?)JsonNode.Parse(line)!["id"]));
            path = answer.Headers.TryGetValues("Link", out var next) ? next.Single()[2..next.Single().IndexOf('>', StringComparison.Ordinal)] : "";
            Assert.Equal(answers == 0, ids.Count < Count);
        }

        Assert.Equal(Count + 3, ids.Distinct().Count());
        Assert.Equal(Count + 3, ids.Count);
    }

    [Fact]
    public async Task Export_AsManyAsMayAreUnderWay_Is503ForTheNext()
    {
        const int Most = 2;
        var (patience, held, callsBefore) = (TimeSpan.FromSeconds(2), new TaskCompletionSource(), _store.Calls);
        _store.Answer = _ => held.Task;
        var first = Enumerable.Range(0, Most).Select(_ => ReadAsync("v1/requests?format=csv", "text/csv")).ToList();
        await Eventually.HoldsAsync(() => _store.Calls - callsBefore == Most * RecordTables.Shards, "the exports that may to be at the store");

        using var request = new HttpRequestMessage(HttpMethod.Get, "v1/requests?format=jsonl");
        request.Headers.Add("api-key", AdminKey);
        var late = _server.Client.SendAsync(request);
        await _server.Time.WaitForTimerDueInAsync(patience);
        _server.Time.Advance(patience);
        using var answer = await late;
        var (message, callsUnderWay) = (await answer.Content.ReadAsStringAsync(), _store.Calls - callsBefore);
        held.SetResult();

        Assert.Equal((HttpStatusCode.ServiceUnavailable, Most * RecordTables.Shards), (answer.StatusCode, callsUnderWay));
        Assert.Contains("others are exporting records", message, StringComparison.Ordinal);
        Assert.NotNull(answer.Headers.RetryAfter);
        Assert.All(await Task.WhenAll(first), static table => Assert.Contains("s-1", table, StringComparison.Ordinal));
        // Their places are free again.
        Assert.Contains("s-1", await ReadAsync("v1/requests?format=csv", "text/csv"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task DecideAgain_RecordDoesNotTellWhichModelsWereAskedFor_Is400SayingSo()
    {
        var scene = new RecordScene(store: _store);
        var names = string.Join(',', Enumerable.Range(0, 64).Select(static number => $"\"{number}{new string('\u65E5', 128)}\""));
        scene.Settle("long", "search", body: $$"""{"models":[{{names}}],"messages":[{"role":"user","content":"Hi"}]}""");
        await scene.FlushAsync();

        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/requests/long/route");
        request.Headers.Add("api-key", AdminKey);
        using var answer = await _server.Client.SendAsync(request);
        var error = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["error"]!;

        Assert.Equal((HttpStatusCode.BadRequest, "id"), (answer.StatusCode, (string?)error["param"]));
        Assert.Contains("does not tell which models", (string?)error["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Record_TellsWhatACallCostInItsParts()
    {
        var (_, record) = await GetAsync("v1/requests/s-1", AdminKey);

        var attempt = record["attempts"]![0]!;
        Assert.Equal((decimal)attempt["cost"]!, (decimal)attempt["prompt_cost"]! + (decimal)attempt["completion_cost"]!);
    }

    [Theory]
    [InlineData("s-1", SearchKey, HttpStatusCode.OK)]
    [InlineData("s-1", AdminKey, HttpStatusCode.OK)]
    [InlineData("shop%2F1", AdminKey, HttpStatusCode.OK)]
    [InlineData("shop%2F1", SearchKey, HttpStatusCode.NotFound)]
    [InlineData("none", AdminKey, HttpStatusCode.NotFound)]
    [InlineData("s-1", "wrong", HttpStatusCode.Unauthorized)]
    public async Task Get_OfOne_IsFoundByWhomItBelongsTo(string id, string key, HttpStatusCode expected)
    {
        var (status, body) = await GetAsync($"v1/requests/{id}", key);

        Assert.Equal(expected, status);
        Assert.Equal(expected == HttpStatusCode.OK, body["object"] is not null);
    }

    [Theory]
    [InlineData("?from=yesterday", "from")]
    [InlineData("?from=0001-01-01", "from")]
    [InlineData("?to=0001-01-01", "to")]
    [InlineData("?to=9999-12-31", "to")]
    [InlineData("?from=2026-03-02&to=2026-03-01", "from")]
    [InlineData("?limit=101", "limit")]
    [InlineData("?limit=-1", "limit")]
    [InlineData("?after=nonsense", "after")]
    [InlineData("?after=MDAwMTAxMDE", "after")]
    [InlineData("?since=2026-03-01", "since")]
    [InlineData("?status=bad", "status")]
    [InlineData("?status=-1", "status")]
    [InlineData("?min_cost=cheap", "min_cost")]
    [InlineData("?min_cost=-1", "min_cost")]
    [InlineData("?tag:a=1&tag:b=2", "tag:b")]
    [InlineData("?format=xml", "format")]
    [InlineData("?format=csv&limit=5001", "limit")]
    public async Task List_BadParameter_Is400NamingIt(string query, string param)
    {
        var (status, body) = await GetAsync($"v1/requests{query}", AdminKey);

        Assert.Equal((HttpStatusCode.BadRequest, param), (status, (string?)body["error"]!["param"]));
    }

    [Fact]
    public async Task Get_RecordsAreOff_SaysHowToSwitchThemOn()
    {
        await using var server = await StartAsync(0);

        var (status, body) = await GetAsync("v1/requests/none", AdminKey, server);

        Assert.Equal(HttpStatusCode.NotFound, status);
        Assert.Contains("records.keepDays", (string?)body["error"]!["message"], StringComparison.Ordinal);
    }

    [Theory, InlineData("v1/requests"), InlineData("v1/requests/s-1")]
    public async Task Get_StoreIsDown_Is503(string path)
    {
        _store.Answer = static _ => throw new TableStoreUnavailableException("down");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await GetAsync(path, AdminKey)).Status);
    }

    [Theory, InlineData("v1/requests"), InlineData("v1/requests/s-1")]
    public async Task Get_AsManyAsMayAreReading_Is503ForTheNextAndLeavesTheStoreToOthers(string path)
    {
        var (options, held, callsBefore) = (new RecordOptions(), new TaskCompletionSource(), _store.Calls);
        var most = options.MaxReadings * RecordTables.Shards;
        _store.Answer = _ => held.Task;
        var first = Enumerable.Range(0, options.MaxReadings).Select(_ => GetAsync("v1/requests", AdminKey)).ToList();
        await Eventually.HoldsAsync(() => _store.Calls - callsBefore == most, "the readings that may to be at the store");

        var late = GetAsync(path, AdminKey);
        await _server.Time.WaitForTimerDueInAsync(options.ReadPatience);
        _server.Time.Advance(options.ReadPatience);
        var (status, body) = await late;
        var callsUnderWay = _store.Calls - callsBefore;
        held.SetResult();

        Assert.Equal((HttpStatusCode.ServiceUnavailable, most), (status, callsUnderWay));
        Assert.Contains("others are reading records", (string?)body["error"]!["message"], StringComparison.Ordinal);
        Assert.All(await Task.WhenAll(first), static answer => Assert.Equal(HttpStatusCode.OK, answer.Status));
        // Their places are free again.
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(path, AdminKey)).Status);
    }

    private async Task<string> ReadAsync(string path, string type)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("api-key", AdminKey);
        using var answer = await _server.Client.SendAsync(request);
        Assert.Equal(type, answer.Content.Headers.ContentType!.MediaType);
        return await answer.Content.ReadAsStringAsync();
    }

    private Task<HttpServer> StartAsync(int keepDays) => HttpServer.StartAsync(
        new RouterBuilder().Model("mini").Key(SearchKey, "search").Records(keepDays).Build(),
        admin: new AdminServices(new AdminGate($"sha256:{KeyHash.Of(AdminKey)}", []), null),
        store: _store);

    private async Task<(HttpStatusCode Status, JsonNode Body)> GetAsync(string path, string key, HttpServer? server = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("api-key", key);
        using var answer = await (server ?? _server).Client.SendAsync(request);
        return (answer.StatusCode, JsonNode.Parse(await answer.Content.ReadAsStringAsync())!);
    }
}
