using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text.Json.Nodes;
using OpenAI;
using OpenAI.Chat;
using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Testing.Upstreams;
using Xunit;

namespace ServerlessRouter.FunctionalTests;

/// <summary>The OpenAI .NET client works unchanged: another base URL, nothing else.</summary>
public sealed class OpenAIClientTests : IAsyncLifetime
{
    private static readonly ChatMessage[] Question = [new UserChatMessage("Say hello.")];

    private FakeUpstream _upstream = null!;
    private RunningRouter _router = null!;

    public async Task InitializeAsync()
    {
        _upstream = await FakeUpstream.StartAsync();
        _router = await RunningRouter.StartAsync(new RouterFile().Upstream("mini", _upstream).Route("auto", ["mini"]));
    }

    public async Task DisposeAsync()
    {
        await _router.DisposeAsync();
        await _upstream.DisposeAsync();
    }

    [Fact]
    public async Task CompleteChat_Plain_TextFinishReasonAndUsage()
    {
        _upstream.Next(Reply.Text("Hello there.").Usage(40, 9, cached: 10, reasoning: 4));

        ChatCompletion answer = await Client().CompleteChatAsync(Question);

        Assert.Equal("Hello there.", Assert.Single(answer.Content).Text);
        Assert.Equal(ChatFinishReason.Stop, answer.FinishReason);
        Assert.Equal((40, 9), (answer.Usage.InputTokenCount, answer.Usage.OutputTokenCount));
        Assert.Equal(10, answer.Usage.InputTokenDetails.CachedTokenCount);
        Assert.Equal(4, answer.Usage.OutputTokenDetails.ReasoningTokenCount);
    }

    [Fact]
    public async Task CompleteChatStreaming_Text_PiecesAndUsageAtTheEnd()
    {
        _upstream.Next(Reply.Stream("Hel", "lo ", "there.").Usage(40, 9));
        var pieces = new List<string>();
        ChatTokenUsage? usage = null;
        ChatFinishReason? finish = null;

        await foreach (var update in Client().CompleteChatStreamingAsync(Question))
        {
            pieces.AddRange(update.ContentUpdate.Select(part => part.Text).Where(text => text.Length > 0));
            usage = update.Usage ?? usage;
            finish = update.FinishReason ?? finish;
        }

        Assert.Equal(["Hel", "lo ", "there."], pieces);
        Assert.Equal((40, 9), (usage!.InputTokenCount, usage.OutputTokenCount));
        Assert.Equal(ChatFinishReason.Stop, finish);
    }

    [Fact]
    public async Task CompleteChat_Tools_CallComesBackAndItsResultGoesUp()
    {
        var options = new ChatCompletionOptions
        {
            Tools = { ChatTool.CreateFunctionTool("get_weather", "The weather.", BinaryData.FromString("""{"type":"object","properties":{"city":{"type":"string"}}}""")) },
            ToolChoice = ChatToolChoice.CreateFunctionChoice("get_weather"),
        };
        _upstream.Next(Reply.Call("get_weather", """{"city":"Oslo"}""", "call_7"));

        ChatCompletion call = await Client().CompleteChatAsync(Question, options);

        Assert.Equal(ChatFinishReason.ToolCalls, call.FinishReason);
        var tool = Assert.Single(call.ToolCalls);
        Assert.Equal(("call_7", "get_weather"), (tool.Id, tool.FunctionName));
        Assert.Equal("Oslo", (string?)JsonNode.Parse(tool.FunctionArguments)!["city"]);

        _upstream.Next(Reply.Text("7 °C in Oslo."));
        ChatCompletion answer = await Client().CompleteChatAsync([.. Question, new AssistantChatMessage(call), new ToolChatMessage("call_7", """{"celsius":7}""")]);

        Assert.Equal("7 °C in Oslo.", answer.Content[0].Text);
        Assert.Equal("tool", (string?)_upstream.Books.Requests[1].Json!["messages"]![2]!["role"]);
    }

    [Fact]
    public async Task CompleteChatStreaming_Tools_ArgumentsComeInPieces()
    {
        _upstream.Next(Reply.Call("get_weather", """{"city":"Reykjavik","unit":"celsius"}"""));
        var arguments = "";
        string? name = null;

        await foreach (var update in Client().CompleteChatStreamingAsync(Question))
        {
            foreach (var call in update.ToolCallUpdates)
            {
                name ??= call.FunctionName;
                arguments += call.FunctionArgumentsUpdate?.ToString();
            }
        }

        Assert.Equal("get_weather", name);
        Assert.Equal("Reykjavik", (string?)JsonNode.Parse(arguments)!["city"]);
    }

    [Fact]
    public async Task CompleteChat_StructuredOutput_SchemaGoesUpAndJsonComesBack()
    {
        var options = new ChatCompletionOptions
        {
            ResponseFormat = ChatResponseFormat.CreateJsonSchemaFormat(
                "person",
                BinaryData.FromString("""{"type":"object","properties":{"name":{"type":"string"}},"required":["name"],"additionalProperties":false}"""),
                jsonSchemaIsStrict: true),
        };

        ChatCompletion answer = await Client().CompleteChatAsync(Question, options);

        Assert.NotNull(JsonNode.Parse(answer.Content[0].Text)!["name"]);
        Assert.True((bool?)Assert.Single(_upstream.Books.Requests).Json!["response_format"]!["json_schema"]!["strict"]);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task CompleteChat_UnknownModel_ClientResultExceptionWithOurMessage(bool stream)
    {
        var problem = await Assert.ThrowsAsync<ClientResultException>(() => AskAsync(Client("autoo"), stream));

        Assert.Equal(404, problem.Status);
        Assert.Contains("Did you mean 'auto'?", problem.Message, StringComparison.Ordinal);
        Assert.Contains("model_not_found", problem.Message, StringComparison.Ordinal);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task CompleteChat_EveryDeploymentAtItsLimit_429WithRetryAfter(bool stream)
    {
        _upstream.Default(Reply.RateLimited().RetryAfter(33));

        var problem = await Assert.ThrowsAsync<ClientResultException>(() => AskAsync(Client(deadlineSeconds: 5), stream));

        Assert.Equal(429, problem.Status);
        Assert.True(problem.GetRawResponse()!.Headers.TryGetValue("Retry-After", out var retryAfter));
        Assert.InRange(int.Parse(retryAfter!), 28, 33);
    }

    [Fact]
    public async Task CompleteChatStreaming_StreamBreaks_TheClientIsNotLeftBelievingItWasWhole()
    {
        _upstream.Next(Reply.Stream("One ", "two ", "three.").CutAfterChunk(2));
        var text = "";
        ChatFinishReason? finish = null;

        var problem = await Record.ExceptionAsync(async () =>
        {
            await foreach (var update in Client().CompleteChatStreamingAsync(Question))
            {
                text += string.Concat(update.ContentUpdate.Select(part => part.Text));
                finish = update.FinishReason ?? finish;
            }
        });

        // The client knows no finish reason 'error' and says so.
        Assert.Equal("One two ", text);
        Assert.NotNull(problem);
        Assert.Null(finish);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task CompleteChat_Cancelled_TheUpstreamCallEndsToo(bool stream)
    {
        _upstream.Next(Reply.Text("Never finished.").HangAt(ReplyPoint.AfterChunk(1)));
        using var cancelling = new CancellationTokenSource();
        var asking = AskAsync(Client(), stream, cancelling.Token);
        await _upstream.WaitForRequestAsync();

        await cancelling.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        await _upstream.WaitForAbortAsync();
    }

    [Fact]
    public async Task GetModels_Asked_ListsThem()
    {
        var models = await new OpenAIClient(new ApiKeyCredential("unused"), Options()).GetOpenAIModelClient().GetModelsAsync();

        Assert.Equal(["auto", "mini"], models.Value.Select(model => model.Id));
    }

    private static async Task AskAsync(ChatClient client, bool stream, CancellationToken cancellationToken = default)
    {
        if (!stream)
        {
            await client.CompleteChatAsync(Question, cancellationToken: cancellationToken);
            return;
        }

        await foreach (var update in client.CompleteChatStreamingAsync(Question, cancellationToken: cancellationToken))
            Assert.NotNull(update);
    }

    private ChatClient Client(string model = "auto", double? deadlineSeconds = null)
    {
        var options = Options();
        if (deadlineSeconds is { } seconds)
            options.AddPolicy(new HeaderPolicy("x-litellm-timeout", seconds.ToString()), PipelinePosition.PerCall);
        return new ChatClient(model, new ApiKeyCredential("unused"), options);
    }

    /// <summary>Without the client's own retries, so that one call is one request.</summary>
    private OpenAIClientOptions Options() => new() { Endpoint = _router.OpenAiAddress, RetryPolicy = new ClientRetryPolicy(maxRetries: 0) };
}
