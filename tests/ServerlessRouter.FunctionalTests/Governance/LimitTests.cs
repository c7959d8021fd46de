using System.ClientModel;
using System.ClientModel.Primitives;
using System.Net;
using System.Text;
using OpenAI;
using OpenAI.Chat;
using ServerlessRouter.FunctionalTests.Jobs;
using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Testing;
using ServerlessRouter.Testing.Upstreams;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.FunctionalTests.Governance;

/// <summary>Limits and budgets over a running router: what callers get, read in headers and find again after a restart.</summary>
public sealed class LimitTests : IAsyncLifetime
{
    private const string Key = "sk-team-4711-of-the-search";

    /// <summary>What one answer of the vendor costs: 100 tokens of a prompt and 25 of an answer.</summary>
    private const decimal CostUsd = 0.0002m;

    private readonly MinuteClock _clock = new();
    private readonly SecretVariable _key = new(Key);
    private FakeUpstream _upstream = null!;
    private RunningRouter? _router;

    public async Task InitializeAsync()
    {
        _upstream = await FakeUpstream.StartAsync();
        _upstream.Default(Reply.Text("Hello there.").Usage(100, 25).RemainingRequests(7777, "1s").Header("x-ratelimit-limit-requests", "9999"));
    }

    public async Task DisposeAsync()
    {
        if (_router is not null)
            await _router.DisposeAsync();
        await _upstream.DisposeAsync();
        _key.Dispose();
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Chat_RequestsAreUsedUp_429SaysWhenToComeBack(bool stream)
    {
        var router = await StartAsync("""{ "requestsPerMinute": 2, "tokensPerMinute": 100000 }""");
        Assert.Equal("Hello there.", (await ChatAsync(router, stream)).Text);
        var second = await ChatAsync(router, stream);

        var refused = await ChatAsync(router, stream);

        Assert.Equal(("2", "0"), (second.Header("x-ratelimit-limit-requests"), second.Header("x-ratelimit-remaining-requests")));
        Assert.Matches("^[0-9]+s$|^1m0s$", second.Header("x-ratelimit-reset-requests"));
        Assert.Equal("100000", second.Header("x-ratelimit-limit-tokens"));
        Assert.Equal((HttpStatusCode.TooManyRequests, "rate_limit_exceeded", null), (refused.Status, refused.ErrorCode, refused.Header("x-should-retry")));
        Assert.InRange(int.Parse(refused.Header("Retry-After")!), 1, 60);
        Assert.Equal(("requestsPerMinute", "minute"), ((string?)refused.Error!["metadata"]!["limit"], (string?)refused.Error["metadata"]!["window"]));
        Assert.Equal("0", refused.Header("x-ratelimit-remaining-requests"));
        Assert.Equal(2, _upstream.Books.Requests.Count);

        _clock.Jump(TimeSpan.FromMinutes(1));
        Assert.Equal("Hello there.", (await ChatAsync(router, stream)).Text);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Chat_BudgetIsSpent_429SaysThatRetryingDoesNotHelp(bool stream)
    {
        var router = await StartAsync($$"""{ "budget": { "usd": {{CostUsd}}, "per": "month" } }""");
        var first = await ChatAsync(router, stream);

        var refused = await ChatAsync(router, stream);

        if (!stream)
            Assert.Equal("0", first.Header("x-router-budget-remaining"));
        Assert.Equal((HttpStatusCode.TooManyRequests, "insufficient_quota", "false"), (refused.Status, refused.ErrorCode, refused.Header("x-should-retry")));
        Assert.Null(refused.Header("Retry-After"));
        var metadata = refused.Error!["metadata"]!;
        Assert.Equal(("budget.month", "month", CostUsd, 0m, CostUsd), (
            (string?)metadata["limit"], (string?)metadata["window"], (decimal)metadata["spent_usd"]!, (decimal)metadata["pending_usd"]!, (decimal)metadata["budget_usd"]!));
        var now = _clock.GetUtcNow();
        Assert.Equal(new DateTimeOffset(now.Year, now.Month, 1, 0, 0, 0, TimeSpan.Zero).AddMonths(1), DateTimeOffset.Parse((string)metadata["resets_at"]!));
        Assert.Equal("0", refused.Header("x-router-budget-remaining"));
        Assert.Single(_upstream.Books.Requests);
    }

    [Fact]
    public async Task Chat_NoLimits_SaysNothingOfThemAndNothingOfTheVendors()
    {
        var router = await StartAsync("{}");

        var answer = await ChatAsync(router, stream: false);

        Assert.Equal("Hello there.", answer.Text);
        foreach (var header in new[] { "x-ratelimit-limit-requests", "x-ratelimit-remaining-requests", "x-ratelimit-reset-requests", "x-router-budget-remaining" })
            Assert.Null(answer.Header(header));
    }

    [Fact]
    public async Task OpenAIClient_BudgetIsSpent_SeesItsOwnErrorCode()
    {
        var router = await StartAsync($$"""{ "budget": { "usd": {{CostUsd}}, "per": "day" } }""");
        var client = new ChatClient("auto", new ApiKeyCredential(Key), new OpenAIClientOptions { Endpoint = router.OpenAiAddress, RetryPolicy = new ClientRetryPolicy(0) });
        await client.CompleteChatAsync([new UserChatMessage("Hello.")]);

        var failure = await Assert.ThrowsAsync<ClientResultException>(() => client.CompleteChatAsync([new UserChatMessage("Hello.")]));

        Assert.Equal(429, failure.Status);
        Assert.Contains("insufficient_quota", failure.Message, StringComparison.Ordinal);
        Assert.Contains("budget.day", failure.Message, StringComparison.Ordinal);
    }

    // api7/aisix#123: only chat completions were held to limits.
    [Fact]
    public async Task EveryDoor_LimitIsReached_IsToldInItsOwnForm()
    {
        var router = await StartAsync($$"""{ "budget": { "usd": {{CostUsd}}, "per": "day" } }""");
        await ChatAsync(router, stream: false);

        var messages = await PostAsync(router, "v1/messages", """{"model":"auto","max_tokens":50,"messages":[{"role":"user","content":"Hi"}]}""");
        var responses = await PostAsync(router, "v1/responses", """{"model":"auto","input":"Hi","store":false}""");

        Assert.Equal((HttpStatusCode.TooManyRequests, "error", "rate_limit_error", "budget.day"), (
            messages.Status, (string?)messages.Json["type"], (string?)messages.Json["error"]!["type"], (string?)messages.Json["error"]!["metadata"]!["limit"]));
        Assert.Equal((HttpStatusCode.TooManyRequests, "insufficient_quota", "budget.day"), (responses.Status, (string?)responses.Json["error"]!["code"], (string?)responses.Json["error"]!["metadata"]!["limit"]));
        Assert.Equal(("false", "false"), (messages.Header("x-should-retry"), responses.Header("x-should-retry")));
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(router, "v1/messages/count_tokens", """{"model":"auto","messages":[{"role":"user","content":"Hi"}]}""")).Status);
        Assert.Single(_upstream.Books.Requests);
    }

    [Fact]
    public async Task Chat_EndUsersAndSessions_EachHaveTheirOwn()
    {
        var router = await StartAsync("""{ "user": { "requestsPerMinute": 1 }, "session": { "requests": 2 } }""", """{ "endUserHeader": "x-end-user" }""");

        Assert.Equal(HttpStatusCode.OK, (await ChatAsync(router, false, ("x-end-user", "ann"))).Status);
        Assert.Equal(HttpStatusCode.OK, (await ChatAsync(router, false, ("x-end-user", "ben"))).Status);
        Assert.Equal("user.requestsPerMinute", LimitOf(await ChatAsync(router, false, ("x-end-user", "ann"))));
        Assert.Equal(HttpStatusCode.OK, (await ChatAsync(router, false, ("x-session-id", "s-1"))).Status);
        Assert.Equal(HttpStatusCode.OK, (await ChatAsync(router, false, ("x-session-id", "s-1"))).Status);
        var refused = await ChatAsync(router, false, ("x-session-id", "s-1"));
        Assert.Equal(("session.requests", "session", null, "insufficient_quota", "false"), (
            LimitOf(refused), (string?)refused.Error!["metadata"]!["window"], refused.Error["metadata"]!["resets_at"], refused.ErrorCode, refused.Header("x-should-retry")));
        Assert.Equal(HttpStatusCode.OK, (await ChatAsync(router, false, ("x-session-id", "s-2"))).Status);
    }

    [Fact]
    public async Task Chat_BudgetIsSpentAndTheTierDowngrades_TheCheapestAnswersAndTheCallerIsTold()
    {
        await using var cheap = await FakeUpstream.StartAsync();
        cheap.Default(Reply.Text("Cheap.").Usage(100, 25));
        const string Price = """{ "price": { "inputPerMillion": 0.1, "outputPerMillion": 0.4 } }""";
        var file = new RouterFile().Upstream("mini", _upstream).Upstream("nano", cheap, Price).Route("auto", ["mini", "nano"], """{ "objective": { "prefer": "quality" } }""")
            .Tier("pro", $$"""{ "budget": { "usd": {{CostUsd}}, "per": "month" }, "atLimit": { "downgradeUpTo": 1.2 } }""").Key("team", _key.Reference, """{ "tier": "pro" }""");
        var router = _router = await RunningRouter.StartAsync(file, time: _clock);
        Assert.Equal("Hello there.", (await ChatAsync(router, false)).Text);

        var downgraded = await ChatAsync(router, false, ("x-router-metadata", "enabled"));

        Assert.Equal(("Cheap.", "budget.month"), (downgraded.Text, downgraded.Header("x-router-downgraded")));
        Assert.Equal("cheapest", (string?)downgraded.Metadata!["budget_low"]);
        Assert.Equal("Cheap.", (await ChatAsync(router, true)).Text);
        Assert.Equal("insufficient_quota", (await ChatAsync(router, false)).ErrorCode);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Chat_TierQueues_TheSecondWaitsForTheFirst(bool stream)
    {
        var router = await StartAsync("""{ "concurrentRequests": 1, "atLimit": { "queueSeconds": 30 } }""");
        var gate = new Gate();
        _upstream.Next(Reply.Text("First.").Usage(100, 25).HoldAt(ReplyPoint.BeforeHeaders, gate));
        var first = ChatAsync(router, stream);
        await _upstream.WaitForRequestAsync();
        var second = ChatAsync(router, stream);
        Assert.False(second.IsCompleted);

        gate.Open();

        Assert.Equal(("First.", "Hello there."), ((await first).Text, (await second).Text));
    }

    // BerriAI/litellm#27955: every stream that its client broke off kept its slot.
    [Fact]
    public async Task Chat_ClientLeavesAStream_GivesItsSlotAndTheUnusedTokensBack()
    {
        var router = await StartAsync("""{ "concurrentRequests": 1, "tokensPerMinute": 5000 }""");
        for (var count = 0; count < 3; count++)
        {
            _upstream.Next(Reply.Stream("Hel", "lo ", "there.").HangAt(ReplyPoint.AfterChunk(1)));
            using var leaving = new CancellationTokenSource();
            var body = Encoding.UTF8.GetBytes("""{"model":"auto","stream":true,"max_tokens":4000,"messages":[{"role":"user","content":"Hi"}]}""");
            using (await router.BeginChatAsync(body, leaving.Token, ("Authorization", $"Bearer {Key}")))
            {
                Assert.Equal("concurrentRequests", LimitOf(await ChatAsync(router, false)));
                await leaving.CancelAsync();
            }

            await Eventually.HoldsAsync(async () => (await ChatAsync(router, false)).Status == HttpStatusCode.OK, "the slot came back");
        }
    }

    [Fact]
    public async Task Chat_VendorFails_CountsTheRequestAndGivesTheMoneyBack()
    {
        var router = await StartAsync("""{ "requestsPerMinute": 10, "budget": { "usd": 0.01, "per": "day" } }""");
        _upstream.Default(Reply.Status(500));

        var failed = await ChatAsync(router, false);

        Assert.NotEqual(HttpStatusCode.OK, failed.Status);
        Assert.Equal(("9", "0.01"), (failed.Header("x-ratelimit-remaining-requests"), failed.Header("x-router-budget-remaining")));
    }

    [Fact]
    public async Task Embeddings_BudgetIsSpent_AreRefusedToo()
    {
        var file = new RouterFile().Upstream("mini", _upstream).Upstream("vectors", _upstream, """{ "capabilities": ["embeddings"], "price": { "inputPerMillion": 10 } }""").Route("auto", ["mini"])
            .Tier("pro", $$"""{ "budget": { "usd": {{CostUsd}}, "per": "month" } }""").Key("team", _key.Reference, """{ "tier": "pro" }""");
        var router = _router = await RunningRouter.StartAsync(file, time: _clock);
        await ChatAsync(router, false);

        Assert.Equal("insufficient_quota", (await PostAsync(router, "v1/embeddings", """{"model":"vectors","input":"Hi"}""")).ErrorCode);
    }

    [Fact]
    public async Task Key_Asked_TellsItsLimitsAndWhatIsLeft()
    {
        var router = await StartAsync($$"""{ "routes": ["auto"], "requestsPerMinute": 5, "budget": [{ "usd": 1, "per": "month" }, { "usd": 0.5, "per": "day" }] }""");
        await ChatAsync(router, false);

        var key = (await router.GetAsync("v1/key", ("Authorization", $"Bearer {Key}"))).Json["data"]!;

        Assert.Equal(("team", "pro", CostUsd, 0m, 0.5m, 0.5m - CostUsd, "daily", null), (
            (string?)key["label"], (string?)key["tier"], (decimal)key["usage"]!, (decimal)key["pending"]!, (decimal)key["limit"]!, (decimal)key["limit_remaining"]!, (string?)key["limit_reset"], key["expires_at"]));
        Assert.Equal(["auto"], key["routes"]!.AsArray().Select(static route => (string)route!));
        Assert.Equal(
            [("requestsPerMinute", 5m, 4m), ("budget.month", 1m, 1m - CostUsd), ("budget.day", 0.5m, 0.5m - CostUsd)],
            key["limits"]!.AsArray().Select(static limit => ((string)limit!["name"]!, (decimal)limit["limit"]!, (decimal)limit["remaining"]!)));
        Assert.Equal(HttpStatusCode.Unauthorized, (await router.GetAsync("v1/key")).Status);
    }

    [Fact]
    public async Task Key_Asked_TellsHowManyMoreRequestsMayBeUnderWay()
    {
        var router = await StartAsync("""{ "concurrentRequests": 2 }""");
        var gate = new Gate();
        _upstream.Next(Reply.Text("Held.").HoldAt(ReplyPoint.BeforeHeaders, gate));
        var held = ChatAsync(router, false);
        await gate.WaitForArrivalAsync();
        Assert.Equal(1, await ReadKeyAsync(router, "concurrentRequests"));

        gate.Open();
        await held;

        Assert.Equal(2, await ReadKeyAsync(router, "concurrentRequests"));
    }

    [Fact]
    public async Task AdminBudgets_Asked_TellsSpentAndForecast()
    {
        const string AdminKey = "the-admin-key-of-this-test";
        var file = File("""{ "budget": { "usd": 0.01, "per": "day" } }""");
        var router = _router = await RunningRouter.StartAsync(file.ToString(), adminKey: $"sha256:{Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(AdminKey)))}", time: _clock);
        await ChatAsync(router, false);

        var budget = Assert.Single((await router.GetAsync("v1/admin/budgets", ("Authorization", $"Bearer {AdminKey}"))).Json["data"]!.AsArray())!;

        Assert.Equal(("key", "team", "budget.day", 0.01m, CostUsd), ((string?)budget["kind"], (string?)budget["subject"], (string?)budget["name"], (decimal)budget["budget_usd"]!, (decimal)budget["spent_usd"]!));
        // A third of the day has passed.
        Assert.InRange((decimal)budget["forecast_usd"]!, CostUsd * 2.9m, CostUsd * 3m);
        Assert.Equal(HttpStatusCode.Unauthorized, (await router.GetAsync("v1/admin/budgets")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await router.GetAsync("v1/admin/budgets", ("Authorization", $"Bearer {Key}"))).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await router.GetAsync("v1/admin/budgets?limit=0", ("Authorization", $"Bearer {AdminKey}"))).Status);
    }

    [Fact]
    public async Task Restart_WithAFolder_KeepsTheCount()
    {
        var folder = Directory.CreateTempSubdirectory("router-limits-");
        try
        {
            var file = File($$"""{ "requestsPerMinute": 10, "budget": { "usd": {{CostUsd * 2}}, "per": "month" } }""");
            await using (var router = await RunningRouter.StartAsync(file, folder.FullName, _clock))
                Assert.Equal("Hello there.", (await ChatAsync(router, false)).Text);

            await using (var restarted = await RunningRouter.StartAsync(file, folder.FullName, _clock))
            {
                var answer = await ChatAsync(restarted, false);
                Assert.Equal(("8", "0"), (answer.Header("x-ratelimit-remaining-requests"), answer.Header("x-router-budget-remaining")));
                Assert.Equal("insufficient_quota", (await ChatAsync(restarted, false)).ErrorCode);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Batch_ItemsMeetASpentBudget_FailWithItsError()
    {
        var router = await StartAsync($$"""{ "budget": { "usd": {{CostUsd}}, "per": "month" } }""");
        await ChatAsync(router, false);
        using var client = router.NewClient();
        var jobs = new JobClient(client, Key);

        var batch = await jobs.EndOfAsync($"v1/batches/{await jobs.CreateBatchAsync(JobClient.Lines(2))}");

        Assert.Equal("""{"total":2,"completed":0,"failed":2}""", batch["request_counts"]!.ToJsonString());
        var errors = await jobs.ReadAsync((string)batch["error_file_id"]!);
        Assert.All(errors, static error => Assert.Equal("insufficient_quota", (string?)error["response"]!["body"]!["error"]!["code"]));
        Assert.Single(_upstream.Books.Requests);
    }

    [Fact]
    public async Task Batch_ItemsAreThrottled_WaitAndAreAnswered()
    {
        var router = await StartAsync("""{ "concurrentRequests": 1 }""");
        using var client = router.NewClient();
        var jobs = new JobClient(client, Key);

        var batch = await jobs.EndOfAsync($"v1/batches/{await jobs.CreateBatchAsync(JobClient.Lines(20))}");

        Assert.Equal("""{"total":20,"completed":20,"failed":0}""", batch["request_counts"]!.ToJsonString());
    }

    [Fact]
    public async Task LaterAnswer_IsCountedOnceAndBilled()
    {
        var router = await StartAsync("""{ "requestsPerMinute": 10, "tokensPerMinute": 100000, "budget": { "usd": 1, "per": "month" } }""");
        using var client = router.NewClient();
        var later = await PostAsync(router, "v1/chat/completions", """{"model":"auto","messages":[{"role":"user","content":"Hi"}]}""", ("Prefer", "respond-async"));
        Assert.Equal(HttpStatusCode.Accepted, later.Status);

        await new JobClient(client, Key).EndOfAsync($"v1/jobs/{(string)later.Json["id"]!}");

        await Eventually.HoldsAsync(async () => await ReadKeyAsync(router, "budget.month") == 1 - CostUsd, "the job is billed");
        Assert.Equal((9, 99_875), (await ReadKeyAsync(router, "requestsPerMinute"), await ReadKeyAsync(router, "tokensPerMinute")));
    }

    private static string? LimitOf(ClientAnswer answer) => (string?)answer.Error?["metadata"]?["limit"];

    private static async Task<decimal> ReadKeyAsync(RunningRouter router, string limit)
    {
        var key = (await router.GetAsync("v1/key", ("Authorization", $"Bearer {Key}"))).Json["data"]!;
        return key["limits"]!.AsArray().Where(item => (string?)item!["name"] == limit).Select(static item => (decimal)item!["remaining"]!).Single();
    }

    private static Task<ClientAnswer> ChatAsync(RunningRouter router, bool stream, params (string, string)[] headers) =>
        router.ChatAsync(ChatBodies.For(stream), [("Authorization", $"Bearer {Key}"), .. headers]);

    private static Task<ClientAnswer> PostAsync(RunningRouter router, string path, string body, params (string, string)[] headers) =>
        router.PostAsync(path, Encoding.UTF8.GetBytes(body), [("Authorization", $"Bearer {Key}"), .. headers]);

    private RouterFile File(string tier) => new RouterFile().Upstream("mini", _upstream).Route("auto", ["mini"]).Tier("pro", tier).Key("team", _key.Reference, """{ "tier": "pro" }""");

    private async Task<RunningRouter> StartAsync(string tier, string? server = null)
    {
        var file = File(tier);
        if (server is not null)
            file.Server(server);
        return _router = await RunningRouter.StartAsync(file, time: _clock);
    }
}
