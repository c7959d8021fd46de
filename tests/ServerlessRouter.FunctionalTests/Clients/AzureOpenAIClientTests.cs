using System.ClientModel;
using Azure.AI.OpenAI;
using OpenAI.Chat;
using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Testing.Upstreams;
using Xunit;

namespace ServerlessRouter.FunctionalTests.Clients;

/// <summary>The Azure OpenAI .NET client works unchanged: the router as its endpoint, a route as its deployment.</summary>
public sealed class AzureOpenAIClientTests : IAsyncLifetime
{
    private const string Key = "the-secret-of-team-search-0123456789";

    private static readonly ChatMessage[] Question = [new UserChatMessage("Say hello.")];

    private readonly SecretVariable _key = new(Key);
    private FakeUpstream _upstream = null!;
    private RunningRouter _router = null!;

    public async Task InitializeAsync()
    {
        _upstream = await FakeUpstream.StartAsync();
        _router = await RunningRouter.StartAsync(new RouterFile().Upstream("mini", _upstream).Route("auto", ["mini"]).Key("search", _key.Reference));
    }

    public async Task DisposeAsync()
    {
        await _router.DisposeAsync();
        await _upstream.DisposeAsync();
        _key.Dispose();
    }

    [Fact]
    public async Task CompleteChat_Plain_TextFinishReasonAndUsage()
    {
        _upstream.Next(Reply.Text("Hello there.").Usage(40, 9));

        ChatCompletion answer = await Client("auto").CompleteChatAsync(Question);

        Assert.Equal("Hello there.", Assert.Single(answer.Content).Text);
        Assert.Equal(ChatFinishReason.Stop, answer.FinishReason);
        Assert.Equal((40, 9), (answer.Usage.InputTokenCount, answer.Usage.OutputTokenCount));
    }

    [Fact]
    public async Task CompleteChatStreaming_Text_ArrivesInThePiecesTheVendorSent()
    {
        _upstream.Next(Reply.Stream("Hel", "lo ", "there.").Usage(40, 9));
        var pieces = new List<string>();

        await foreach (var update in Client("auto").CompleteChatStreamingAsync(Question))
            pieces.AddRange(update.ContentUpdate.Select(static part => part.Text).Where(static text => text.Length > 0));

        Assert.Equal(["Hel", "lo ", "there."], pieces);
    }

    [Fact]
    public async Task CompleteChat_DeploymentThatIsNoModelAndNoRoute_IsNotFound()
    {
        var refused = await Assert.ThrowsAsync<ClientResultException>(() => Client("none").CompleteChatAsync(Question));

        Assert.Equal(404, refused.Status);
        Assert.Contains("none", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CompleteChat_KeyOfNoCaller_IsUnauthorized()
    {
        var refused = await Assert.ThrowsAsync<ClientResultException>(() => Client("auto", "of no caller").CompleteChatAsync(Question));

        Assert.Equal(401, refused.Status);
    }

    private ChatClient Client(string deployment, string key = Key) => new AzureOpenAIClient(_router.Address, new ApiKeyCredential(key)).GetChatClient(deployment);
}
