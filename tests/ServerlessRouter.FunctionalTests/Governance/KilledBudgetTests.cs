using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using ServerlessRouter.FunctionalTests.Jobs;
using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Governance.Leases;
using ServerlessRouter.Testing;
using ServerlessRouter.Testing.Upstreams;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.FunctionalTests.Governance;

/// <summary>A router that is killed while requests are under limits: what they held comes back, what was spent stays spent, and the key goes on.</summary>
public sealed class KilledBudgetTests : IAsyncLifetime
{
    private const string Key = "sk-team-6666-of-the-killed";
    private const string OtherKey = "sk-team-7777-of-the-killed";
    private const int Answered = 5;
    private const int UnderWay = 4;

    /// <summary>100 tokens of a prompt and 25 of an answer.</summary>
    private const decimal AnswerUsd = 0.0002m;

    /// <summary>Room for what is answered and for what is under way, whose <c>max_tokens</c> cost 0.0016 USD each. One answer is a fiftieth of it, of which a crash forgets nothing once it is written.</summary>
    private const decimal BudgetUsd = 0.01m;

    private readonly SecretVariable _key = new(Key);
    private readonly SecretVariable _other = new(OtherKey);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("router-killed-budget-");
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

    [Theory, InlineData(false), InlineData(true)]
    public async Task KilledWhileRequestsAreUnderWay_WhatTheyHeldComesBack_AndTheBudgetHasSpentWhatTheBooksSay(bool stream)
    {
        var file = new RouterFile().Upstream("mini", _upstream).Route("auto", ["mini"])
            .Tier("small", $$"""{ "concurrentRequests": {{UnderWay}}, "budget": { "usd": {{BudgetUsd}}, "per": "month" } }""")
            .Key("team", _key.Reference, """{ "tier": "small" }""").Key("other", _other.Reference);
        var configuration = Path.Combine(_folder.FullName, "router.json");
        await File.WriteAllTextAsync(configuration, file.ToString());
        List<Task<HttpStatusCode>> underWay;
        await using (var router = await KillableRouter.StartAsync(configuration, _folder))
        {
            for (var request = 0; request < Answered; request++)
                Assert.Equal(HttpStatusCode.OK, await ChatAsync(router, Key, stream));
            _upstream.Default(Reply.Text("Never.").HangAt(ReplyPoint.BeforeHeaders));
            underWay = [.. Enumerable.Range(0, UnderWay).Select(_ => ChatAsync(router, Key, stream))];
            await _upstream.WaitForRequestAsync(Answered + UnderWay);
            Assert.Equal(HttpStatusCode.TooManyRequests, await ChatAsync(router, Key, stream));
            await WaitForTheWritersAsync(router);
        }

        foreach (var killed in underWay)
            await Assert.ThrowsAnyAsync<Exception>(() => killed);
        var gate = new Gate();
        _upstream.Default(Reply.Text("Hello again.").Usage(100, 25).HoldAt(ReplyPoint.BeforeHeaders, gate));
        var clock = new LeaseClock();
        await using var restarted = await RunningRouter.StartAsync(file, Path.Combine(_folder.FullName, "data"), clock);
        Assert.Equal((Answered, Answered * AnswerUsd), await BooksOfAsync(restarted.Client, Key));
        Assert.Equal(Answered * AnswerUsd, (await BudgetAsync(restarted)).Spent);

        clock.Pass(LeaseOptions.DefaultInstanceLease);
        await Eventually.HoldsAsync(async () => await BudgetAsync(restarted) == (Answered * AnswerUsd, 0m), "what the killed one held to come back");
        var sent = Enumerable.Range(0, UnderWay).Select(_ => restarted.ChatAsync(Body(stream), ("api-key", Key))).ToList();
        await gate.WaitForArrivalAsync(UnderWay);
        gate.Open();

        Assert.All(await Task.WhenAll(sent), static answer => Assert.Equal("Hello again.", answer.Text));
        var (requests, spent) = (Answered + UnderWay, (Answered + UnderWay) * AnswerUsd);
        await Eventually.HoldsAsync(async () => await BudgetAsync(restarted) == (spent, 0m), "the budget to have spent it");
        await Eventually.HoldsAsync(async () => await BooksOfAsync(restarted.Client, Key) == (requests, spent), "the books of both runs");
    }

    /// <summary>The books are written every five seconds, and every two what budgets have spent. When the books have told, one after the other, of two requests of another key, what was spent before is written.</summary>
    private async Task WaitForTheWritersAsync(KillableRouter router)
    {
        for (var told = 1; told <= 2; told++)
        {
            _upstream.Next(Reply.Text("A mark.").Usage(1, 1));
            Assert.Equal(HttpStatusCode.OK, await ChatAsync(router, OtherKey, stream: false));
            var count = told;
            await Eventually.HoldsAsync(async () => (await BooksOfAsync(router.Http, OtherKey)).Requests == count, "the books to be written");
        }
    }

    private static async Task<HttpStatusCode> ChatAsync(KillableRouter router, string key, bool stream)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/chat/completions") { Content = new ByteArrayContent(Body(stream)) };
        request.Headers.Add("api-key", key);
        using var response = await router.Http.SendAsync(request);
        return response.StatusCode;
    }

    private static byte[] Body(bool stream)
    {
        var body = JsonNode.Parse(ChatBodies.For(stream))!;
        body["max_tokens"] = 400;
        return Encoding.UTF8.GetBytes(body.ToJsonString());
    }

    private static async Task<(int Requests, decimal Usd)> BooksOfAsync(HttpClient client, string key)
    {
        var usage = (await ReadAsync(client, "v1/usage?group_by=key", key))["data"]!.AsArray().SingleOrDefault();
        return usage is null ? default : ((int)usage["requests"]! - (int)usage["failures"]!, (decimal)usage["cost"]!);
    }

    private static async Task<(decimal Spent, decimal Pending)> BudgetAsync(RunningRouter router)
    {
        var key = (await ReadAsync(router.Client, "v1/key", Key))["data"]!;
        return ((decimal)key["usage"]!, (decimal)key["pending"]!);
    }

    private static async Task<JsonNode> ReadAsync(HttpClient client, string path, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("api-key", key);
        using var response = await client.SendAsync(request);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
    }
}
