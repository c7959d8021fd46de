using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Net.Http.Headers;
using System.Text.Json;
using ServerlessRouter.Chat;
using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Providers.Anthropic;

/// <summary>Anthropic's Messages API: the request is written anew in its schema, the answer comes back in OpenAI's.</summary>
/// <remarks>
/// What becomes of each field (the vendor's documentation as of 2026):
/// <list type="table">
/// <item><term>messages: system, developer</term><description>joined into <c>system</c></description></item>
/// <item><term>messages: user, assistant, tool</term><description>turns; neighbours of one role are merged, tool results stand first in a user turn</description></item>
/// <item><term>content: text, image_url, file (PDF)</term><description><c>text</c>, <c>image</c>, <c>document</c> blocks; <c>cache_control</c> is kept</description></item>
/// <item><term>content: input_audio and unknown parts</term><description>not expressible</description></item>
/// <item><term>max_tokens, max_completion_tokens</term><description><c>max_tokens</c>, at most the model's own limit; else that limit; else 4096</description></item>
/// <item><term>temperature</term><description>at most 1; left out while thinking</description></item>
/// <item><term>top_p, top_k</term><description>kept; left out while thinking, <c>top_p</c> also beside a temperature, which the vendor refuses</description></item>
/// <item><term>stop</term><description><c>stop_sequences</c>, blank ones left out</description></item>
/// <item><term>tools, tool_choice, parallel_tool_calls</term><description>custom tools and <c>tool_choice</c>; a tool that is no function is not expressible</description></item>
/// <item><term>response_format: json_schema</term><description><c>output_config.format</c>, the vendor's own structured outputs</description></item>
/// <item><term>response_format: json_object</term><description>a sentence at the end of <c>system</c>: the vendor has no such mode</description></item>
/// <item><term>reasoning_effort</term><description>a thinking budget, for models with the capability, unless a tool is forced or a tool call is being answered</description></item>
/// <item><term>thinking, output_config</term><description>the vendor's own fields pass as they are and win</description></item>
/// <item><term>user</term><description><c>metadata.user_id</c></description></item>
/// <item><term>service_tier: auto, default</term><description><c>auto</c>, <c>standard_only</c></description></item>
/// <item><term>n above 1, logprobs, audio, functions</term><description>not expressible</description></item>
/// <item><term>penalties, seed, logit_bias, store, metadata and all else</term><description>left out: the answer is still one to the question</description></item>
/// </list>
/// </remarks>
internal sealed class AnthropicMapper(TimeProvider time) : IChatMapper
{
    /// <summary>The version of the API this mapper speaks.</summary>
    public const string Version = "2023-06-01";

    private const int UsualRequestGrowth = 512;
    private const int UsualAnswerBytes = 2048;

    public string Kind => ProviderKinds.Anthropic;

    private static ReadOnlySpan<byte> ByteOrderMark => "\uFEFF"u8;

    public (string Header, string Prefix) KeyHeader => ("x-api-key", "");

    public Uri AddressOf(DeploymentModel deployment)
    {
        var endpoint = deployment.Provider.Endpoint!;
        return new Uri(endpoint, endpoint.AbsolutePath.EndsWith("/v1/", StringComparison.Ordinal) ? "messages" : "v1/messages");
    }

    public void AddHeaders(HttpRequestHeaders headers) => headers.TryAddWithoutValidation("anthropic-version", Version);

    public bool TryWriteRequest(
        ChatRequest request, UpstreamEndpoint endpoint, RequestAdjustments? adjustments,
        [NotNullWhen(true)] out HttpContent? content, [NotNullWhen(false)] out AttemptFailure? failure)
    {
        // The parameters are adapted in OpenAI's schema first, as for every other kind.
        using var adapted = new PooledWriter(request.Length + UsualRequestGrowth);
        endpoint.Patch.Apply(request, adjustments).WriteTo(adapted);
        var written = new PooledWriter(request.Length + UsualRequestGrowth);
        var gap = new TranslationGap();
        try
        {
            using var document = JsonDocument.Parse(adapted.Written, AnthropicJson.ParseOptions);
            new AnthropicRequestWriter(document.RootElement, endpoint.Model, gap).Write(written);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            gap.Report("A schema in the request holds broken escapes or is nested too deeply.");
        }

        content = null;
        failure = null;
        if (gap.Detail is { } detail)
        {
            written.Dispose();
            failure = new AttemptFailure(FailureKind.NotExpressible, detail);
            return false;
        }

        content = new PooledContent(written);
        return true;
    }

    public AttemptResult ReadAnswer(byte[] pooled, int length)
    {
        using var output = new PooledWriter(UsualAnswerBytes);
        try
        {
            if (WriteAnswer(pooled, length, output) is { } failure)
                return failure with { Usage = AnthropicUsage.In(pooled.AsMemory(0, length)) };
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(pooled);
        }

        var written = output.Length;
        return OpenAI.OpenAIAnswer.Read(output.Detach(), written);
    }

    /// <summary>Null when it is written; else why it is no answer.</summary>
    private AttemptFailure? WriteAnswer(byte[] message, int length, PooledWriter output)
    {
        if (message.AsSpan(0, length).StartsWith(ByteOrderMark))
            message.AsSpan(0, ByteOrderMark.Length).Fill((byte)' ');
        if (TryWrite(message.AsMemory(0, length), output, out var failure))
            return failure;
        if (CutMessage.Mend(message, length) is > 0 and var mended && TryWrite(message.AsMemory(0, mended), output, out failure))
            return failure;
        return UpstreamFailures.CutBeforeCommit(length == 0 ? "The provider's answer was empty." : "The provider's answer was no whole message.");
    }

    /// <summary>False when the document is not JSON.</summary>
    private bool TryWrite(ReadOnlyMemory<byte> message, PooledWriter output, out AttemptFailure? failure)
    {
        output.Clear();
        try
        {
            failure = WriteMessage(message, output);
            return true;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The second is a name with broken escapes.
            failure = null;
            return false;
        }
    }

    private AttemptFailure? WriteMessage(ReadOnlyMemory<byte> body, PooledWriter output)
    {
        using var document = JsonDocument.Parse(body, AnthropicJson.ParseOptions);
        var message = document.RootElement;
        var hasContent = AnthropicJson.Member(message, "content").ValueKind != JsonValueKind.Undefined;
        if (AnthropicError.Is(message, AnthropicJson.Text(message, "type") ?? (hasContent ? "message" : null)))
            return UpstreamFailures.OfErrorInside(VendorError.Read(body));
        if (AnthropicVocabulary.IsError(AnthropicVocabulary.StopReason(message)))
            return UpstreamFailures.OfErrorInside(VendorError.Unknown);
        if (AnthropicAnswerWriter.TryWrite(message, output, time.GetUtcNow().ToUnixTimeSeconds()))
            return null;
        return VendorError.Read(body) is { Message: not null } error
            ? UpstreamFailures.OfErrorInside(error)
            : UpstreamFailures.CutBeforeCommit("The provider's answer was no message.");
    }

    public ChatStream OpenStream(UpstreamBody body) => new AnthropicChatStream(body, time.GetUtcNow().ToUnixTimeSeconds());

    public RemainingQuota? ReadQuota(HttpResponseHeaders headers) => AnthropicQuota.Read(headers, time.GetUtcNow());
}
