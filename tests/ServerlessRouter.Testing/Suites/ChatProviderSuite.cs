using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using ServerlessRouter.Chat;
using ServerlessRouter.Configuration;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Providers;
using ServerlessRouter.Testing.Chance;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.Testing.Suites;

/// <summary>What every kind of provider must do; a kind gets these tests by subclassing, those that call a vendor over HTTP by subclassing <see cref="HttpChatProviderSuite"/>.</summary>
public abstract class ChatProviderSuite : IAsyncLifetime
{
    private ProviderRegistry _registry = null!;

    /// <summary>One of <see cref="ProviderKinds"/>.</summary>
    public abstract ProviderKind Kind { get; }

    protected TimeProvider Time { get; init; } = TimeProvider.System;

    public virtual Task InitializeAsync()
    {
        _registry = CreateRegistry();
        return Task.CompletedTask;
    }

    public virtual async Task DisposeAsync() => await _registry.DisposeAsync();

    [Fact]
    public async Task Send_Plain_AnswersAWholeCompletion()
    {
        using var answer = await AnswerAsync(ChatBodies.Plain("Hello there"));

        var json = JsonNode.Parse(answer.Body.Span)!;
        Assert.Equal("chat.completion", (string?)json["object"]);
        Assert.Equal("assistant", (string?)json["choices"]![0]!["message"]!["role"]);
        Assert.Contains("Hello there", (string?)json["choices"]![0]!["message"]!["content"], StringComparison.Ordinal);
        Assert.Equal("stop", answer.FinishReason);
        Assert.True(answer.ContentBytes > 0);
    }

    [Fact]
    public async Task Send_Plain_TellsUsageAndWhereItStands()
    {
        using var answer = await AnswerAsync(ChatBodies.Plain("Hello there"));

        var usage = JsonNode.Parse(answer.UsageRange.In(answer.Body.Span))!;
        Assert.Equal((int?)usage["prompt_tokens"], answer.Usage!.Value.PromptTokens);
        Assert.Equal((int?)usage["completion_tokens"], answer.Usage.Value.CompletionTokens);
        Assert.True(answer.Usage.Value.CompletionTokens > 0);
    }

    [Fact]
    public async Task Send_Streamed_SaysTheSameAsPlain()
    {
        using var plain = await AnswerAsync(ChatBodies.Plain("Hello there"));

        var streamed = await StreamAsync(ChatBodies.Streamed("Hello there"));

        Assert.Null(streamed.Failure);
        Assert.True(streamed.HasContent);
        Assert.Equal((string?)JsonNode.Parse(plain.Body.Span)!["choices"]![0]!["message"]!["content"], streamed.Content);
        Assert.Equal(plain.FinishReason, streamed.FinishReason);
        Assert.Equal(plain.Usage, streamed.Usage);
        Assert.All(streamed.Chunks, chunk => Assert.Equal("chat.completion.chunk", (string?)chunk["object"]));
    }

    [Fact]
    public async Task Send_Streamed_KeepsTheUsageChunkOutOfTheBatches()
    {
        var streamed = await StreamAsync(ChatBodies.Streamed());

        Assert.DoesNotContain(streamed.Chunks, chunk => chunk["choices"]!.AsArray().Count == 0 && chunk["usage"] is not null);
        Assert.Empty(streamed.UsageChunk!["choices"]!.AsArray());
        Assert.Equal(streamed.Usage!.Value.PromptTokens, (int?)streamed.UsageChunk["usage"]!["prompt_tokens"]);
    }

    [Fact]
    public async Task Send_DemandedTool_IsCalledPlain()
    {
        using var answer = await AnswerAsync(ChatBodies.WithTools(toolChoice: "required"));

        var call = JsonNode.Parse(answer.Body.Span)!["choices"]![0]!["message"]!["tool_calls"]![0]!;
        Assert.Equal(ChatBodies.WeatherTool, (string?)call["function"]!["name"]);
        Assert.NotNull(JsonNode.Parse((string)call["function"]!["arguments"]!)!["city"]);
        Assert.NotEmpty((string)call["id"]!);
        Assert.Equal("tool_calls", answer.FinishReason);
        Assert.True(answer.ContentBytes > 0);
    }

    [Fact]
    public async Task Send_DemandedTool_IsCalledStreamed()
    {
        var streamed = await StreamAsync(ChatBodies.AsStream(ChatBodies.WithTools(toolChoice: "required")));

        var (name, arguments) = Assert.Single(streamed.ToolCalls);
        Assert.Equal(ChatBodies.WeatherTool, name);
        Assert.NotNull(JsonNode.Parse(arguments)!["city"]);
        Assert.Equal("tool_calls", streamed.FinishReason);
        Assert.True(streamed.HasContent);
    }

    [Theory]
    [InlineData("""{"model":"auto","messages":[{"role":"user","content":"\ud83d"}]}""")]
    [InlineData("""{"model":"auto","messages":[{"role":"user","content":"x"}],"usage":{"\ud83d":1},"stop":["\ud83d"],"tool_choice":"\ud83d"}""")]
    [InlineData("""{"model":"auto","messages":[{"role":"user","content":"x"}],"tools":[{"type":"function","function":{"name":"\ud83d","parameters":{"type":"object","\ud83d":"\ud83d"}}}],"tool_choice":"required"}""")]
    [InlineData("""{"model":"auto","messages":[{"role":"user","content":"x"}],"response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"const":"\ud83d"}}}}""")]
    public async Task Send_BrokenEscapes_NeverThrows(string body)
    {
        AnswerWithoutReading();

        var result = await SendAsync(Encoding.UTF8.GetBytes(body));

        Assert.True(result.Answer is not null || result.Failure is not null);
        result.Answer?.Dispose();
    }

    [Fact]
    public async Task Send_DeepNesting_NeverThrows()
    {
        const int Depth = 200;
        var deep = new string('[', Depth) + new string(']', Depth);
        var body = """{"model":"auto","messages":[{"role":"user","content":"x"}],"usage":{"x":DEEP},"tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object","x":DEEP}}}],"tool_choice":"required"}""".Replace("DEEP", deep, StringComparison.Ordinal);

        var result = await SendAsync(Encoding.UTF8.GetBytes(body));

        Assert.True(result.Answer is not null || result.Failure is not null);
        result.Answer?.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Send_CancelledBefore_Throws(bool stream) =>
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => SendAsync(ChatBodies.For(stream), cancellationToken: new CancellationToken(canceled: true)));

    /// <summary>Makes a scripted vendor answer without a look at the request.</summary>
    protected virtual void AnswerWithoutReading()
    {
    }

    protected virtual ProviderRegistry CreateRegistry() => new(Time, new SeededRandomSource(1), NullLoggerFactory.Instance);

    /// <summary>How the provider is configured.</summary>
    protected abstract ProviderModel Configure();

    /// <summary>The model that is asked, with one deployment at the provider.</summary>
    protected virtual LanguageModel Model(ProviderModel provider) => ProviderAttempts.Model(provider);

    protected async Task<AttemptResult> SendAsync(
        byte[] body, LanguageModel? model = null, IRequestHeaders? headers = null, CancellationToken cancellationToken = default)
    {
        using var request = ScannedRequest.Of(body);
        Attempt = ProviderAttempts.Of(request, model ?? Model(Configure()), headers);
        return await _registry.Get(Kind).SendAsync(Attempt, cancellationToken);
    }

    /// <summary>The last attempt sent.</summary>
    protected AttemptContext Attempt { get; private set; } = null!;

    protected async Task<ChatAnswer> AnswerAsync(byte[] body, LanguageModel? model = null)
    {
        var result = await SendAsync(body, model);
        Assert.Null(result.Failure);
        return Assert.IsType<ChatAnswer>(result.Answer);
    }

    protected async Task<StreamedAnswer> StreamAsync(byte[] body, LanguageModel? model = null)
    {
        var result = await SendAsync(body, model);
        Assert.Null(result.Failure);
        return await StreamedAnswer.ReadAsync(Assert.IsAssignableFrom<ChatStream>(result.Stream));
    }
}
