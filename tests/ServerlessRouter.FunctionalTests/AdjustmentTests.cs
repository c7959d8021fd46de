using System.Text.Json.Nodes;
using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Testing.Upstreams;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.FunctionalTests;

/// <summary>A caller that asks is told what was changed in its request for the vendor that answered.</summary>
public sealed class AdjustmentTests : IAsyncLifetime
{
    private static readonly (string, string) Asked = ("x-router-metadata", "enabled");

    private FakeUpstream _upstream = null!;

    public async Task InitializeAsync()
    {
        _upstream = await FakeUpstream.StartAsync();
        _upstream.Default(Reply.Text("Hello."));
    }

    public async Task DisposeAsync() => await _upstream.DisposeAsync();

    [Theory, InlineData(false), InlineData(true)]
    public async Task Chat_ParametersAreDroppedAndCapped_EachIsTold(bool stream)
    {
        await using var router = await StartAsync();

        var answer = await router.ChatAsync(Body(stream), Asked);

        AssertSame("""[{"param":"seed","from":7,"to":null},{"param":"temperature","from":1.70,"to":1}]""", answer.Metadata!["adjusted"]);
        Assert.Null(answer.Metadata["stripped"]);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Chat_NothingIsChanged_NothingIsTold(bool stream)
    {
        await using var router = await StartAsync();

        var answer = await router.ChatAsync(ChatBodies.For(stream), Asked);

        Assert.False(answer.Metadata!.AsObject().ContainsKey("adjusted"));
        Assert.False(answer.Metadata.AsObject().ContainsKey("stripped"));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Chat_FirstVendorFails_OnlyTheChangesForTheOneThatAnsweredAreTold(bool stream)
    {
        await using var router = await StartAsync();
        _upstream.Next(Reply.Error(500, "broken", "server_error"));

        var answer = await router.ChatAsync(Body(stream), Asked);

        Assert.Equal("plain", (string?)answer.Metadata!["attempts"]![1]!["model"]);
        Assert.False(answer.Metadata.AsObject().ContainsKey("adjusted"));
    }

    private static byte[] Body(bool stream) => ChatBodies.With(ChatBodies.With(ChatBodies.For(stream), "seed", "7"), "temperature", "1.70");

    private static void AssertSame(string expected, JsonNode? actual) => Assert.Equal(expected, actual?.ToJsonString());

    private Task<RunningRouter> StartAsync() => RunningRouter.StartAsync(new RouterFile()
        .Upstream("narrow", _upstream, """{ "parameters": { "drop": ["seed"], "cap": { "temperature": 1 } } }""")
        .Upstream("plain", _upstream)
        .Route("auto", ["narrow"], """{ "fallbacks": ["plain"] }"""));
}
