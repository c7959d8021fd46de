using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Testing.Upstreams;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.FunctionalTests.Governance;

/// <summary>What a small model was asked beside a request is counted whatever becomes of the request.</summary>
public sealed class SideQuestionLimitTests : IAsyncLifetime
{
    private const string Key = "sk-team-1234-of-the-questions";
    private const string AdminKey = "the-admin-key-of-this-test";

    /// <summary>100 tokens of a question and 10 of its answer.</summary>
    private const decimal QuestionUsd = 0.00014m;

    /// <summary>100 tokens of a prompt and 25 of an answer.</summary>
    private const decimal AnswerUsd = 0.0002m;

    private readonly MinuteClock _clock = new();
    private readonly SecretVariable _key = new(Key);
    private FakeUpstream _judge = null!;
    private FakeUpstream _mini = null!;

    public async Task InitializeAsync()
    {
        (_judge, _mini) = (await FakeUpstream.StartAsync(), await FakeUpstream.StartAsync());
        _judge.Default(Reply.Text("""{"task":"code","difficulty":0.8}""").Usage(100, 10));
        _mini.Default(Reply.Text("Hello there.").Usage(100, 25));
    }

    public async Task DisposeAsync()
    {
        await _judge.DisposeAsync();
        await _mini.DisposeAsync();
        _key.Dispose();
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task CacheHit_TheQuestionBeforeIt_IsCounted(bool stream)
    {
        await using var router = await StartAsync("""{ "requestsPerMinute": 10, "tokensPerMinute": 100000, "budget": { "usd": 1, "per": "month" } }""");
        await ChatAsync(router, stream);

        var hit = await ChatAsync(router, stream);

        Assert.Equal("hit", hit.Header("x-router-cache"));
        Assert.Equal(2, _judge.Books.Requests.Count);
        Assert.Equal((8m, 100_000m - 125 - 220, 1 - AnswerUsd - (2 * QuestionUsd)), (await LeftAsync(router, "requestsPerMinute"), await LeftAsync(router, "tokensPerMinute"), await LeftAsync(router, "budget.month")));
    }

    [Fact]
    public async Task Refused_NothingIsAskedAndPaidForBesideIt()
    {
        await using var router = await StartAsync("""{ "requestsPerMinute": 1, "budget": { "usd": 1, "per": "month" } }""");
        await ChatAsync(router, false);
        await ChatAsync(router, false, ("X-OpenRouter-Cache", "false"));

        Assert.Single(_judge.Books.Requests);
        Assert.Equal((0m, 1 - AnswerUsd - QuestionUsd), (await LeftAsync(router, "requestsPerMinute"), await LeftAsync(router, "budget.month")));
    }

    [Fact]
    public async Task ModelOfItsOwnBudget_IsAskedBesideARequest_Counts()
    {
        await using var router = await StartAsync("{}", """[{ "name": "questions", "for": { "model": "judge" }, "budget": { "usd": 1, "per": "day" } }]""");
        await ChatAsync(router, false);

        var budgets = (await router.GetAsync("v1/admin/budgets", ("Authorization", $"Bearer {AdminKey}"))).Json["data"]!.AsArray();

        var budget = Assert.Single(budgets)!;
        Assert.Equal(("judge", QuestionUsd), ((string?)budget["subject"], (decimal)budget["spent_usd"]!));
    }

    [Fact]
    public async Task ModelAtALimitOfItsOwn_IsNotAskedBesideARequest()
    {
        await using var router = await StartAsync("{}", """[{ "name": "questions", "for": { "model": "judge" }, "requestsPerMinute": 1 }]""");
        await ChatAsync(router, false, ("X-OpenRouter-Cache", "false"));

        var second = await ChatAsync(router, false, ("Cache-Control", "no-store"));

        Assert.Equal("Hello there.", second.Text);
        Assert.Single(_judge.Books.Requests);
        _clock.Jump(TimeSpan.FromMinutes(1));
        await ChatAsync(router, false, ("Cache-Control", "no-store"));
        Assert.Equal(2, _judge.Books.Requests.Count);
    }

    private static Task<ClientAnswer> ChatAsync(RunningRouter router, bool stream, params (string, string)[] headers) =>
        router.ChatAsync(ChatBodies.For(stream, "qwzx blorf"), [("Authorization", $"Bearer {Key}"), .. headers]);

    private static async Task<decimal> LeftAsync(RunningRouter router, string limit)
    {
        var key = (await router.GetAsync("v1/key", ("Authorization", $"Bearer {Key}"))).Json["data"]!;
        return key["limits"]!.AsArray().Where(item => (string?)item!["name"] == limit).Select(static item => (decimal)item!["remaining"]!).Single();
    }

    private async Task<RunningRouter> StartAsync(string tier, string limits = "[]")
    {
        var file = JsonNode.Parse(new RouterFile().Upstream("judge", _judge).Upstream("mini", _mini).Upstream("coder", _mini)
            .Route("auto", ["mini", "coder"], """
                { "cache": {}, "rules": [{ "when": { "task": "code" }, "use": ["coder"] }], "secondOpinion": { "model": "judge", "belowConfidence": 0.5, "timeoutSeconds": 30 } }
                """)
            .Tier("pro", tier).Key("team", _key.Reference, """{ "tier": "pro" }""").ToString())!;
        file["limits"] = JsonNode.Parse(limits);
        return await RunningRouter.StartAsync(file.ToJsonString(), adminKey: $"sha256:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(AdminKey)))}", time: _clock);
    }
}
