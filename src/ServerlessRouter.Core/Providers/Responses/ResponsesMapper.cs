using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Net.Http.Headers;
using System.Text.Json;
using ServerlessRouter.Chat;
using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Errors;
using ServerlessRouter.Json;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Providers.Failures;
using ServerlessRouter.Providers.Translation;
using ServerlessRouter.Providers.Upstream;

namespace ServerlessRouter.Providers.Responses;

/// <summary>OpenAI's Responses API, for deployments that answer nowhere else: the request is written anew in its schema, the answer comes back as a chat completion.</summary>
/// <remarks>docs/responses-upstream.md says what becomes of each member.</remarks>
/// <param name="addressOf">Where a deployment's responses are.</param>
/// <param name="time">Dates answers that say nothing of when they were made.</param>
/// <param name="origin">Whose sealed reasoning it writes and takes; null where the deployment is not known.</param>
internal sealed class ResponsesMapper(Func<DeploymentModel, Uri> addressOf, TimeProvider time, string? origin = null) : IChatMapper, ITranslation
{
    private const int UsualAnswerBytes = 2048;

    private static ReadOnlySpan<byte> ByteOrderMark => "\uFEFF"u8;

    public IChatMapper For(DeploymentModel deployment) => Of(deployment);

    public Uri AddressOf(DeploymentModel deployment) => addressOf(deployment);

    public void AddHeaders(HttpRequestHeaders headers, IRequestHeaders caller)
    {
    }

    public string Api => "OpenAI's Responses API";

    public bool TryWriteRequest(
        ChatRequest request, UpstreamEndpoint endpoint, RequestAdjustments? adjustments,
        [NotNullWhen(true)] out HttpContent? content, [NotNullWhen(false)] out AttemptFailure? failure) =>
        TranslatedRequest.TryWrite(this, request, endpoint, adjustments, out content, out failure);

    public void Write(JsonElement request, UpstreamEndpoint endpoint, TranslationNotes notes, PooledWriter output) =>
        new ResponsesRequestWriter(request, endpoint.Model, origin, notes).Write(output);

    public AttemptResult ReadAnswer(byte[] pooled, int length)
    {
        try
        {
            return ReadAnswer(pooled.AsMemory(0, length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(pooled);
        }
    }

    /// <summary>Reads a whole answer out of bytes that stay the caller's. A byte order mark becomes white space.</summary>
    public AttemptResult ReadAnswer(Memory<byte> response)
    {
        using var output = new PooledWriter(UsualAnswerBytes);
        if (WriteAnswer(response, output) is { } failure)
            return failure with { Usage = ResponsesUsage.In(response) };
        var written = output.Length;
        return OpenAI.OpenAIAnswer.Read(output.Detach(), written);
    }

    public ChatStream OpenStream(UpstreamBody body, int choices = 1) => OpenStream(body, passesOn: false);

    /// <summary>The stream with its events as chunks, or, where it is to pass them on, as they came.</summary>
    public ChatStream OpenStream(UpstreamBody body, bool passesOn) => new ResponsesChatStream(body, new ResponsesTerms(time.GetUtcNow().ToUnixTimeSeconds(), origin), passesOn);

    public IChatMapper? PassingOn(DeploymentModel deployment) => deployment.Speaks(WireSchema.Responses) ? new ResponsesPassage(Of(deployment)) : null;

    public RemainingQuota? ReadQuota(HttpResponseHeaders headers) => RateLimitHeaders.ReadQuota(headers);

    private ResponsesMapper Of(DeploymentModel deployment) => new(addressOf, time, SealOrigin.Of(deployment.Provider));

    /// <summary>Null when it is written; else why it is no answer.</summary>
    private AttemptFailure? WriteAnswer(Memory<byte> response, PooledWriter output)
    {
        if (response.Span.StartsWith(ByteOrderMark))
            response.Span[..ByteOrderMark.Length].Fill((byte)' ');
        try
        {
            return WriteParsed(response, output);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The second is a name with broken escapes.
            return UpstreamFailures.CutBeforeCommit(response.IsEmpty ? "The provider's answer was empty." : "The provider's answer was no whole response.");
        }
    }

    private AttemptFailure? WriteParsed(ReadOnlyMemory<byte> body, PooledWriter output)
    {
        using var document = JsonDocument.Parse(body, LooseJson.ParseOptions);
        var response = ResponsesVocabulary.ResponseIn(document.RootElement);
        if (ResponsesVocabulary.FailureOf(response) is { } failure)
            return failure;
        var content = ResponsesOutput.Of(response);
        if (content.IsEmpty && !ResponsesVocabulary.IsIncomplete(response))
            return UpstreamFailures.OfBodyInside(body, "The provider's answer had nothing in it.");
        ResponsesAnswerWriter.Write(response, content, output, new ResponsesTerms(time.GetUtcNow().ToUnixTimeSeconds(), origin));
        return null;
    }
}
