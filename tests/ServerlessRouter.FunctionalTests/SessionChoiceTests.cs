using System.Text.Json.Nodes;
using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Testing.Upstreams;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.FunctionalTests;

/// <summary>A conversation stays with its model until another saves more than the lost prompt cache.</summary>
public sealed class SessionChoiceTests : IAsyncLifetime
{
    private static readonly string LongPrompt = string.Join(' ', Enumerable.Repeat("the tide rises and the tide falls", 800));

    private FakeUpstream _one = null!;
    private FakeUpstream _other = null!;

    public async Task InitializeAsync() => (_one, _other) = (await FakeUpstream.StartAsync(), await FakeUpstream.StartAsync());

    public async Task DisposeAsync()
    {
        await _one.DisposeAsync();
        await _other.DisposeAsync();
    }

    [Theory]
    [InlineData(0.9, "one")]
    [InlineData(0.3, "other")]
    public async Task Route_AnotherModelIsCheaper_LeavesTheConversationsModelOnlyIfItSavesMoreThanTheCache(double otherInput, string expected)
    {
        await using var router = await RunningRouter.StartAsync(new RouterFile()
            .Upstream("one", _one).Upstream("other", _other, $$"""{ "price": { "inputPerMillion": {{otherInput}}, "outputPerMillion": 4 } }""")
            .Route("auto", ["one", "other"], """{ "objective": { "prefer": "cost" } }"""));
        Assert.Equal("other", await FirstAsync(router, "auto"));

        _one.Next(Reply.Text("Yes."));
        await router.ChatAsync(ChatBodies.Plain(LongPrompt, "one"), ("x-session-id", "s"));

        Assert.Equal(expected, await FirstAsync(router, "auto", ("x-session-id", "s")));
        Assert.Equal("other", await FirstAsync(router, "auto", ("x-session-id", "another")));
        Assert.Equal("other", await FirstAsync(router, "auto"));
    }

    private static async Task<string?> FirstAsync(RunningRouter router, string route, params (string, string)[] headers)
    {
        JsonNode plan = (await router.PostAsync("v1/route", ChatBodies.Plain(LongPrompt, route), headers)).Json;
        return (string?)plan["candidates"]![0]!["model"];
    }
}
