using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Testing;
using ServerlessRouter.Testing.Upstreams;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.FunctionalTests.Governance;

/// <summary>A small budget whose requests are all sent twice, and of whose calls the slower one is left: what is set aside comes back, what is spent is what the books say, and neither is counted twice.</summary>
public sealed class HedgedBudgetTests : IAsyncLifetime
{
    private const string Key = "sk-team-4444-of-the-hedges";
    private const string UnboundedKey = "sk-team-5555-of-the-hedges";

    /// <summary>Calls after which the router knows what is slow.</summary>
    private const int WarmUp = 24;
    private const int Senders = 4;

    /// <summary>Hedges are a share of the requests, and ten are saved up before.</summary>
    private const int AnswersInBudget = 12;

    /// <summary>5 tokens of a prompt, of which the router expects more, and 20 of an answer, which are all that may come.</summary>
    private const decimal AnswerUsd = 0.000085m;
    private const decimal BudgetUsd = AnswersInBudget * AnswerUsd;

    /// <summary>Each request that is under way may cost more than was left to be set aside for it.</summary>
    private const decimal MaxSpentUsd = BudgetUsd + (Senders * AnswerUsd);

    private readonly MinuteClock _clock = new();
    private readonly SecretVariable _key = new(Key);
    private readonly SecretVariable _unbounded = new(UnboundedKey);
    private FakeUpstream _near = null!;
    private FakeUpstream _far = null!;
    private RunningRouter _router = null!;

    public async Task InitializeAsync()
    {
        _near = await FakeUpstream.StartAsync();
        _far = await FakeUpstream.StartAsync();
        _near.Default(Reply.Text("from the near one").Usage(5, 20));
        _far.Default(Reply.Text("from the far one").Usage(5, 20));
        _router = await RunningRouter.StartAsync(
            new RouterFile().Provider("near", _near.OpenAiAddress).Provider("far", _far.OpenAiAddress)
                .Model("twin", ["near", "far"], """{ "deployments": [ { "provider": "near", "name": "twin" }, { "provider": "far", "name": "twin", "priority": 1 } ] }""")
                .Route("auto", ["twin"], """{ "hedge": { "maxShare": 0.5 } }""")
                .Tier("small", $$"""{ "concurrentRequests": {{Senders}}, "budget": { "usd": {{BudgetUsd}}, "per": "month" } }""")
                .Key("team", _key.Reference, """{ "tier": "small" }""").Key("unbounded", _unbounded.Reference),
            time: _clock);
    }

    public async Task DisposeAsync()
    {
        await _router.DisposeAsync();
        await _near.DisposeAsync();
        await _far.DisposeAsync();
        _key.Dispose();
        _unbounded.Dispose();
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Budget_OfRequestsSentTwice_IsSpentOnceToItsEnd_AndNothingStaysSetAside(bool stream)
    {
        for (var call = 0; call < WarmUp; call++)
            Assert.Equal(HttpStatusCode.OK, (await _router.ChatAsync(Body(stream), ("api-key", UnboundedKey))).Status);
        var (nearBefore, farBefore) = (_near.Books.Requests.Count, await _far.BilledUsdAsync());
        _near.Default(Reply.Text("never").HangAt(ReplyPoint.BeforeHeaders));
        using var done = new CancellationTokenSource();
        var watching = WatchAsync(done.Token);

        var told = new ConcurrentBag<decimal>();
        await Task.WhenAll(Enumerable.Range(0, Senders).Select(_ => SpendAsync(stream, told)));

        await done.CancelAsync();
        Assert.InRange(await watching, BudgetUsd / 2, MaxSpentUsd);
        await Eventually.HoldsAsync(async () => (decimal)(await KeyAsync())["pending"]! == 0, "all that was set aside to come back");
        var spent = (decimal)(await KeyAsync())["usage"]!;
        Assert.Equal(told.Sum(), spent);
        Assert.Equal(await _far.BilledUsdAsync() - farBefore, spent);
        Assert.InRange(spent, BudgetUsd, MaxSpentUsd);
        await _near.WaitForAbortAsync(_near.Books.Requests.Count - nearBefore);
        Assert.Equal(Senders, await LeftAsync("concurrentRequests"));

        JsonNode? books = null;
        await Eventually.HoldsAsync(
            async () => (books = (await _router.GetAsync("v1/usage?group_by=key", ("api-key", Key))).Json["data"]!.AsArray().SingleOrDefault()) is not null && (decimal)books["cost"]! == spent, "the books to say what was spent");
        Assert.Equal(told.Count, (int)books!["requests"]! - (int)books["failures"]!);
        Assert.InRange((int)books["hedges"]!, AnswersInBudget / 2, told.Count);
    }

    /// <summary>Sends until the budget is spent; meanwhile what others hold aside may be in the way.</summary>
    private async Task SpendAsync(bool stream, ConcurrentBag<decimal> told)
    {
        await Eventually.HoldsAsync(
            async () =>
            {
                var answer = await _router.ChatAsync(Body(stream), ("api-key", Key));
                if (answer.Status == HttpStatusCode.OK)
                    told.Add(answer.CostUsd);
                else
                    Assert.Equal((HttpStatusCode.TooManyRequests, true), (answer.Status, answer.ErrorCode is "rate_limit_exceeded" or "insufficient_quota"));
                return answer.ErrorCode == "insufficient_quota";
            },
            "the budget to be spent");
    }

    /// <summary>The most that was ever spent and set aside together.</summary>
    private async Task<decimal> WatchAsync(CancellationToken done)
    {
        var most = 0m;
        while (!done.IsCancellationRequested)
        {
            var key = await KeyAsync();
            most = Math.Max(most, (decimal)key["usage"]! + (decimal)key["pending"]!);
        }

        return most;
    }

    private async Task<JsonNode> KeyAsync() => (await _router.GetAsync("v1/key", ("api-key", Key))).Json["data"]!;

    private async Task<decimal> LeftAsync(string limit) => (decimal)(await KeyAsync())["limits"]!.AsArray().Single(item => (string?)item!["name"] == limit)!["remaining"]!;

    private static byte[] Body(bool stream)
    {
        var body = JsonNode.Parse(ChatBodies.For(stream))!;
        body["max_tokens"] = 20;
        return Encoding.UTF8.GetBytes(body.ToJsonString());
    }
}
