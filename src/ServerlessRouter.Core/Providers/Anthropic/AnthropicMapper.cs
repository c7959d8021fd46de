using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Net.Http.Headers;
using System.Text.Json;
using ServerlessRouter.Chat;
using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;
using ServerlessRouter.Json;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Providers.Failures;
using ServerlessRouter.Providers.Translation;
using ServerlessRouter.Providers.Upstream;

namespace ServerlessRouter.Providers.Anthropic;

/// <summary>Anthropic's Messages API: the request is written anew in its schema, the answer comes back in OpenAI's.</summary>
/// <remarks>docs/anthropic.md says what becomes of each member.</remarks>
internal sealed class AnthropicMapper(TimeProvider time) : IChatMapper, ITranslation
{
    /// <summary>The version of the API this mapper speaks.</summary>
    public const string Version = "2023-06-01";

    private const int UsualAnswerBytes = 2048;

    private static ReadOnlySpan<byte> ByteOrderMark => "\uFEFF"u8;

    public Uri AddressOf(DeploymentModel deployment)
    {
        var endpoint = deployment.Provider.Endpoint!;
        return new Uri(endpoint, endpoint.AbsolutePath.EndsWith("/v1/", StringComparison.Ordinal) ? "messages" : "v1/messages");
    }

    public void AddHeaders(HttpRequestHeaders headers, IRequestHeaders caller) => headers.TryAddWithoutValidation("anthropic-version", Version);

    public string Api => "Anthropic's API";

    public bool TryWriteRequest(
        ChatRequest request, UpstreamEndpoint endpoint, RequestAdjustments? adjustments,
        [NotNullWhen(true)] out HttpContent? content, [NotNullWhen(false)] out AttemptFailure? failure) =>
        TranslatedRequest.TryWrite(this, request, endpoint, adjustments, out content, out failure);

    public void Write(JsonElement request, UpstreamEndpoint endpoint, TranslationNotes notes, PooledWriter output) =>
        new AnthropicRequestWriter(request, endpoint.Model, endpoint.Deployment.Name, notes, endpoint.Deployment.ReasoningForm).Write(output);

    public AttemptResult ReadAnswer(byte[] pooled, int length)
    {
        try
        {
            return ReadAnswer(pooled, ref length);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(pooled);
        }
    }

    /// <summary>Reads a whole answer out of <paramref name="message"/>, which stays the caller's; where its end is mended, its length is another afterwards.</summary>
    public AttemptResult ReadAnswer(byte[] message, ref int length)
    {
        using var output = new PooledWriter(UsualAnswerBytes);
        if (WriteAnswer(message, ref length, output) is { } failure)
            return failure with { Usage = AnthropicUsage.In(message.AsMemory(0, length)) };
        var written = output.Length;
        return OpenAI.OpenAIAnswer.Read(output.Detach(), written);
    }

    /// <summary>Null when it is written; else why it is no answer.</summary>
    private AttemptFailure? WriteAnswer(byte[] message, ref int length, PooledWriter output)
    {
        if (message.AsSpan(0, length).StartsWith(ByteOrderMark))
            message.AsSpan(0, ByteOrderMark.Length).Fill((byte)' ');
        if (TryWrite(message.AsMemory(0, length), output, out var failure))
            return failure;
        if (CutMessage.Mend(message, length) is > 0 and var mended && TryWrite(message.AsMemory(0, mended), output, out failure))
        {
            length = mended;
            return failure;
        }

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
        using var document = JsonDocument.Parse(body, LooseJson.ParseOptions);
        var message = document.RootElement;
        var hasContent = LooseJson.Member(message, "content").ValueKind != JsonValueKind.Undefined;
        if (AnthropicError.Is(message, LooseJson.Text(message, "type") ?? (hasContent ? "message" : null)))
            return UpstreamFailures.OfErrorInside(VendorError.Read(body));
        if (AnthropicVocabulary.IsError(AnthropicVocabulary.StopReason(message)))
            return UpstreamFailures.OfErrorInside(VendorError.Unknown);
        if (AnthropicAnswerWriter.TryWrite(message, output, time.GetUtcNow().ToUnixTimeSeconds()))
            return null;
        return VendorError.Read(body) is { Message: not null } error
            ? UpstreamFailures.OfErrorInside(error)
            : UpstreamFailures.CutBeforeCommit("The provider's answer was no message.");
    }

    public ChatStream OpenStream(UpstreamBody body, int choices = 1) => OpenStream(body, passesOn: false);

    /// <summary>The stream with its events as chunks, or, where it is to pass them on, as they came.</summary>
    public ChatStream OpenStream(UpstreamBody body, bool passesOn) => new AnthropicChatStream(body, time.GetUtcNow().ToUnixTimeSeconds(), passesOn);

    public IChatMapper? PassingOn(DeploymentModel deployment) => new MessagesPassage(this);

    public RemainingQuota? ReadQuota(HttpResponseHeaders headers) => AnthropicQuota.Read(headers, time.GetUtcNow());
}

/// <summary>Reads <c>anthropic-ratelimit-*</c>, whose resets are points in time.</summary>
internal static class AnthropicQuota
{
    public static RemainingQuota? Read(HttpResponseHeaders headers, DateTimeOffset now)
    {
        var requests = RateLimitHeaders.Count(headers, "anthropic-ratelimit-requests-remaining");
        var tokens = RateLimitHeaders.Count(headers, "anthropic-ratelimit-tokens-remaining");
        return requests is null && tokens is null
            ? null
            : new RemainingQuota(requests, tokens, Until(headers, "anthropic-ratelimit-requests-reset", now), Until(headers, "anthropic-ratelimit-tokens-reset", now));
    }

    private static TimeSpan? Until(HttpResponseHeaders headers, string name, DateTimeOffset now) =>
        RateLimitHeaders.TimeOf(RateLimitHeaders.Text(headers, name)) is { } when ? VendorDuration.Between(now, when) : null;
}

/// <summary>A message whose document is cut off, or followed by garbage, behind its content and its stop reason: nothing of the answer is missing.</summary>
internal static class CutMessage
{
    /// <summary>Ends the document in place behind the last member that is whole. Answers with its new length; 0 where the answer itself is cut.</summary>
    public static int Mend(byte[] message, int length)
    {
        var (end, hasContent, hasReason) = (0, false, false);
        try
        {
            var members = new JsonMemberReader(message.AsSpan(0, length));
            while (members.Read())
            {
                end = members.Value.End;
                hasContent |= members.Is("content"u8);
                hasReason |= members.Is("stop_reason"u8) && members.Kind == JsonTokenType.String;
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // This is where it is cut.
        }

        if (!hasContent || !hasReason || end >= message.Length)
            return 0;
        message[end] = (byte)'}';
        return end + 1;
    }
}
