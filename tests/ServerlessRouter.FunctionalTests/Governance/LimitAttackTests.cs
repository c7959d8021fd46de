using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using ServerlessRouter.Chat;
using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Http.Hosting;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Testing;
using ServerlessRouter.Testing.Upstreams;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.FunctionalTests.Governance;

/// <summary>Limits where they are easily forgotten: every way into the cache, fallbacks of embeddings, hedges, reloads, answers in the background, stages of a host that fail.</summary>
public sealed class LimitAttackTests : IAsyncLifetime
{
    private const string Key = "sk-team-2222-of-the-attack";
    private const string OtherKey = "sk-team-3333-of-the-attack";

    /// <summary>100 tokens of a prompt and 25 of an answer.</summary>
    private const decimal AnswerUsd = 0.0002m;

    private readonly MinuteClock _clock = new();
    private readonly SecretVariable _key = new(Key);
    private readonly SecretVariable _other = new(OtherKey);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("router-attack-");
    private FakeUpstream _upstream = null!;

    public async Task InitializeAsync()
    {
        _upstream = await FakeUpstream.StartAsync();
        _upstream.Default(Reply.Text("Hello there.").Usage(100, 25));
    }

    public async Task DisposeAsync()
    {
        await _upstream.DisposeAsync();
        _key.Dispose();
        _other.Dispose();
        _folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData("v1/messages", """{"model":"auto","max_tokens":50,"messages":[{"role":"user","content":"Again."}]}""")]
    [InlineData("v1/messages", """{"model":"auto","max_tokens":50,"stream":true,"messages":[{"role":"user","content":"Again."}]}""")]
    [InlineData("v1/responses", """{"model":"auto","store":false,"input":"Again."}""")]
    [InlineData("v1/responses", """{"model":"auto","store":false,"stream":true,"input":"Again."}""")]
    public async Task CachedAnswer_ThroughEveryDoor_CountsAsARequestAndCostsNothing(string path, string body)
    {
        await using var router = await StartAsync("""{ "requestsPerMinute": 3, "tokensPerMinute": 100000, "budget": { "usd": 1, "per": "month" } }""", """{ "cache": {} }""");
        await PostAsync(router, path, body);
        var again = await PostAsync(router, path, body);

        Assert.Equal((HttpStatusCode.OK, "hit"), (again.Status, again.Header("x-router-cache")));
        Assert.Equal((1m, 100_000m - 125, 1 - AnswerUsd), (await LeftAsync(router, "requestsPerMinute"), await LeftAsync(router, "tokensPerMinute"), await LeftAsync(router, "budget.month")));
        await PostAsync(router, path, body);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await PostAsync(router, path, body)).Status);
        Assert.Single(_upstream.Books.Requests);
    }

    [Fact]
    public async Task TwoKeysOfOneTier_HaveItsLimitsEach()
    {
        await using var router = await StartAsync("""{ "requestsPerMinute": 1 }""");

        Assert.Equal(HttpStatusCode.OK, (await ChatAsync(router)).Status);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await ChatAsync(router)).Status);
        Assert.Equal(HttpStatusCode.OK, (await ChatAsync(router, OtherKey)).Status);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await ChatAsync(router, OtherKey)).Status);
    }

    [Fact]
    public async Task RequestRefusedBeforeItsLimitsAreKnown_CountsForNone()
    {
        await using var router = await StartAsync("""{ "requestsPerMinute": 5, "routes": ["auto"] }""");

        var refused = await router.ChatAsync(ChatBodies.Plain(model: "mini"), ("api-key", Key));

        Assert.Equal((HttpStatusCode.Forbidden, null), (refused.Status, refused.Header("x-ratelimit-remaining-requests")));
        Assert.Equal(5m, await LeftAsync(router, "requestsPerMinute"));
    }

    /// <summary>Embeddings fall back from one deployment of their model to the next.</summary>
    [Fact]
    public async Task EmbeddingsThatFallBack_CountOnceAndForWhatWasAnswered()
    {
        await using var failing = await FakeUpstream.StartAsync();
        failing.Default(Reply.Status(500));
        await using var answering = await FakeUpstream.StartAsync();
        var file = new RouterFile().Provider("first", failing.OpenAiAddress).Provider("second", answering.OpenAiAddress)
            .Model("small", ["first", "second"], """{"capabilities":["embeddings"],"price":{"inputPerMillion":1.00},"deployments":[{"provider":"first"},{"provider":"second","priority":1}]}""")
            .Tier("pro", """{ "requestsPerMinute": 10, "budget": { "usd": 1, "per": "month" } }""").Key("team", _key.Reference, """{ "tier": "pro" }""");
        await using var router = await RunningRouter.StartAsync(file, time: _clock);

        var answer = await PostAsync(router, "v1/embeddings", """{"model":"small","input":["a red fox","a blue whale"]}""");

        Assert.Equal((HttpStatusCode.OK, "2"), (answer.Status, answer.Header("x-router-attempts")));
        Assert.Equal((9m, 1 - answer.CostUsd), (await LeftAsync(router, "requestsPerMinute"), await LeftAsync(router, "budget.month")));
    }

    [Fact]
    public async Task ConfigurationReloadsUnderLoad_NothingIsForgottenAndNothingCountsTwice()
    {
        const int Requests = 60;
        await using var router = await StartAsync("""{ "requestsPerMinute": 1000, "concurrentRequests": 50, "budget": { "usd": 5, "per": "month" } }""");
        var loads = Enumerable.Range(0, 4).Select(async sender =>
        {
            for (var request = 0; request < Requests / 4; request++)
                Assert.Equal(HttpStatusCode.OK, (await ChatAsync(router)).Status);
        }).ToList();
        var text = await File.ReadAllTextAsync(router.ConfigurationPath);
        for (var usd = 6; usd <= 8; usd++)
        {
            await File.WriteAllTextAsync(router.ConfigurationPath, text.Replace("\"usd\":5", $"\"usd\":{usd}", StringComparison.Ordinal));
            var (limit, asked) = ((decimal)usd, 0);
            await Eventually.HoldsAsync(async () => asked++ >= 0 && await AmountAsync(router, "budget.month") == limit, $"a budget of {usd} USD");
        }

        await Task.WhenAll(loads);

        Assert.Equal((1000m - Requests, 8 - (Requests * AnswerUsd), 50m), (await LeftAsync(router, "requestsPerMinute"), await LeftAsync(router, "budget.month"), await LeftAsync(router, "concurrentRequests")));
        Assert.Equal(Requests, _upstream.Books.Requests.Count);
    }

    [Fact]
    public async Task BackgroundResponseThatIsCancelled_GivesBackItsSlotAndWhatItDidNotUse()
    {
        var gate = new Gate();
        _upstream.Next(Reply.Text("Too late.").Usage(100, 25).HoldAt(ReplyPoint.BeforeHeaders, gate));
        await using var router = await StartAsync("""{ "concurrentRequests": 1, "budget": { "usd": 1, "per": "month" } }""", dataPath: Path.Combine(_folder.FullName, "data"));
        var queued = (await PostAsync(router, "v1/responses", """{"model":"auto","input":"Long.","background":true}""")).Json;
        await gate.WaitForArrivalAsync();
        Assert.Equal(HttpStatusCode.TooManyRequests, (await ChatAsync(router)).Status);

        await PostAsync(router, $"v1/responses/{(string)queued["id"]!}/cancel", "");

        await Eventually.HoldsAsync(async () => (await ChatAsync(router)).Status == HttpStatusCode.OK, "the slot");
        gate.Open();
        Assert.Equal(1 - AnswerUsd, await LeftAsync(router, "budget.month"));
    }

    [Theory]
    [InlineData(StagePlace.AfterAdmission)]
    [InlineData(StagePlace.AfterRouting)]
    [InlineData(StagePlace.Outermost)]
    public async Task StageOfAHostThatThrows_LeavesNothingSetAside(StagePlace place)
    {
        var path = Path.Combine(_folder.FullName, "router.json");
        await File.WriteAllTextAsync(path, FileOf("""{ "concurrentRequests": 1, "requestsPerMinute": 50, "budget": { "usd": 1, "per": "month" } }""", "{}").ToString());
        var failing = new Failing();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddServerlessRouter(await RouterConfiguration.ReadAsync(path), (_, given) => given with { Stages = [new AddedStage(place, failing)] });
        await using var app = builder.Build();
        app.MapServerlessRouter();
        await app.StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()), Timeout = Patience.Limit };

        foreach (var (isFailing, status) in new[] { (true, HttpStatusCode.InternalServerError), (true, HttpStatusCode.InternalServerError), (false, HttpStatusCode.OK), (false, HttpStatusCode.OK) })
        {
            failing.IsFailing = isFailing;
            using var request = new HttpRequestMessage(HttpMethod.Post, "v1/chat/completions") { Content = new ByteArrayContent(ChatBodies.Plain()) };
            request.Headers.TryAddWithoutValidation("api-key", Key);
            using var answer = await client.SendAsync(request);
            Assert.Equal(status, answer.StatusCode);
        }
    }

    private static Task<ClientAnswer> ChatAsync(RunningRouter router, string key = Key) => router.ChatAsync(ChatBodies.Plain(), ("api-key", key));

    private static Task<ClientAnswer> PostAsync(RunningRouter router, string path, string body) => router.PostAsync(path, Encoding.UTF8.GetBytes(body), ("api-key", Key));

    private static async Task<decimal> LeftAsync(RunningRouter router, string limit) => (decimal)(await LimitAsync(router, limit))["remaining"]!;

    private static async Task<decimal> AmountAsync(RunningRouter router, string limit) => (decimal)(await LimitAsync(router, limit))["limit"]!;

    private static async Task<JsonNode> LimitAsync(RunningRouter router, string limit) =>
        (await router.GetAsync("v1/key", ("api-key", Key))).Json["data"]!["limits"]!.AsArray().Single(item => (string?)item!["name"] == limit)!;

    private RouterFile FileOf(string tier, string route) => new RouterFile().Upstream("mini", _upstream).Route("auto", ["mini"], route)
        .Tier("pro", tier).Key("team", _key.Reference, """{ "tier": "pro" }""").Key("other", _other.Reference, """{ "tier": "pro" }""");

    private Task<RunningRouter> StartAsync(string tier, string route = "{}", string? dataPath = null) => RunningRouter.StartAsync(FileOf(tier, route), dataPath, _clock);

    /// <summary>Throws before or behind the rest of the pipeline.</summary>
    private sealed class Failing : IRequestStage
    {
        private int _turn;

        public bool IsFailing { get; set; }

        public async ValueTask<ChatOutcome> InvokeAsync(RequestContext context, NextRequestStage next, CancellationToken cancellationToken)
        {
            if (IsFailing && _turn++ % 2 == 0)
                throw new InvalidOperationException("A stage of the host's own fails.");
            var outcome = await next(context, cancellationToken);
            return IsFailing ? throw new InvalidOperationException("A stage of the host's own fails.") : outcome;
        }
    }
}
