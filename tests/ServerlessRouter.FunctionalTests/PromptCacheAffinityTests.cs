using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Testing.Upstreams;
using Xunit;

namespace ServerlessRouter.FunctionalTests;

/// <summary>The turns of an agent's conversation find the cache of the deployment that answered before, whatever the policy of the model.</summary>
public sealed class PromptCacheAffinityTests : IAsyncLifetime
{
    private const int Turns = 20;
    private const int BytesPerToken = 4;

    private static readonly string Instructions = string.Join(' ', Enumerable.Repeat("You are an agent that edits code with care.", 500));

    /// <summary>What the cache of each deployment holds; a vendor's caches know nothing of one another.</summary>
    private readonly ConcurrentDictionary<string, List<string>> _caches = [];
    private FakeUpstream _vendor = null!;

    public async Task InitializeAsync()
    {
        _vendor = await FakeUpstream.StartAsync();
        _vendor.Default(Answer);
    }

    public async Task DisposeAsync() => await _vendor.DisposeAsync();

    [Theory]
    [InlineData("round-robin")]
    [InlineData("weighted")]
    public async Task Chat_TwentyTurnsOverFourDeployments_CostAtLeastAQuarterLess(string policy)
    {
        var (with, without) = (await SessionAsync(policy, cacheAffinity: true), await SessionAsync(policy, cacheAffinity: false));

        Assert.Single(with.Deployments);
        Assert.True(without.Deployments.Count > 1);
        Assert.True(with.CachedShare > 0.8, $"{with.CachedShare:P0} cached");
        Assert.True(with.CostUsd < without.CostUsd * 0.75m, $"{with.CostUsd} USD with, {without.CostUsd} USD without");
    }

    [Fact]
    public async Task Chat_ManyConversations_AreSpreadOverTheDeployments()
    {
        await using var router = await StartAsync("weighted", cacheAffinity: true);
        for (var conversation = 0; conversation < 24; conversation++)
            await AskAsync(router, [Message("system", Instructions), Message("user", $"Task {conversation}: rename the field.")]);

        Assert.Equal(4, _caches.Count);
    }

    private async Task<(decimal CostUsd, double CachedShare, HashSet<string> Deployments)> SessionAsync(string policy, bool cacheAffinity)
    {
        _caches.Clear();
        await using var router = await StartAsync(policy, cacheAffinity);
        var messages = new List<JsonNode> { Message("system", Instructions), Message("user", "Mend the failing test.") };
        var (cost, prompt, cached, deployments) = (0m, 0, 0, new HashSet<string>());
        for (var turn = 0; turn < Turns; turn++)
        {
            var answer = await AskAsync(router, messages);
            cost += answer.CostUsd;
            prompt += (int)answer.Usage!["prompt_tokens"]!;
            cached += (int)answer.Usage["prompt_tokens_details"]!["cached_tokens"]!;
            deployments.Add(answer.Header("x-router-deployment")!);
            messages.AddRange([Message("assistant", $"I read file {turn}."), Message("user", string.Join(' ', Enumerable.Repeat($"Line {turn} of the file.", 40)))]);
        }

        return (cost, (double)cached / prompt, deployments);
    }

    private Task<RunningRouter> StartAsync(string policy, bool cacheAffinity) => RunningRouter.StartAsync(new RouterFile()
        .Provider("a", _vendor.OpenAiAddress).Provider("b", _vendor.OpenAiAddress).Provider("c", _vendor.OpenAiAddress).Provider("d", _vendor.OpenAiAddress)
        .Model("agent", ["a", "b", "c", "d"], $$"""
            {
              "price": { "inputPerMillion": 2, "cachedInputPerMillion": 0.2, "outputPerMillion": 8 }, "balancing": "{{policy}}", "cacheAffinity": {{(cacheAffinity ? "true" : "false")}},
              "deployments": [{ "provider": "a", "name": "one" }, { "provider": "b", "name": "two" }, { "provider": "c", "name": "three" }, { "provider": "d", "name": "four" }]
            }
            """));

    private static async Task<ClientAnswer> AskAsync(RunningRouter router, IEnumerable<JsonNode> messages)
    {
        var body = new JsonObject { ["model"] = "agent", ["messages"] = new JsonArray([.. messages.Select(static message => message.DeepClone())]) };
        return await router.ChatAsync(Encoding.UTF8.GetBytes(body.ToJsonString()));
    }

    private static JsonObject Message(string role, string content) => new() { ["role"] = role, ["content"] = content };

    /// <summary>Bills as vendors do: what an earlier prompt to the same deployment began with is read from its cache.</summary>
    private Reply Answer(UpstreamRequest request)
    {
        var prompt = request.Json!["messages"]!.ToJsonString();
        var known = _caches.GetOrAdd(request.Model!, static _ => []);
        lock (known)
        {
            var cached = known.Select(earlier => earlier.AsSpan().CommonPrefixLength(prompt)).DefaultIfEmpty(0).Max();
            known.Add(prompt);
            return Reply.Text("Done.").Usage(prompt.Length / BytesPerToken, 10, cached: cached / BytesPerToken);
        }
    }
}
