using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Net.Http.Headers;
using ServerlessRouter.Chat;
using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Providers.Upstream;

namespace ServerlessRouter.Providers.Anthropic;

/// <summary>Callers who speak Anthropic's messages themselves: their request goes up with another model name, and the answer comes back as it is.</summary>
internal sealed class MessagesPassage(AnthropicMapper translating) : IChatMapper
{
    private const string Beta = "anthropic-beta";

    public WireSchema Schema => WireSchema.Messages;

    public IChatMapper Translating => translating;

    public Uri AddressOf(DeploymentModel deployment) => translating.AddressOf(deployment);

    public void AddHeaders(HttpRequestHeaders headers, IRequestHeaders caller)
    {
        translating.AddHeaders(headers, caller);
        if (caller.Get(Beta) is { Length: > 0 } betas)
            headers.TryAddWithoutValidation(Beta, betas);
    }

    public bool TryWriteRequest(
        ChatRequest request, UpstreamEndpoint endpoint, RequestAdjustments? adjustments,
        [NotNullWhen(true)] out HttpContent? content, [NotNullWhen(false)] out AttemptFailure? failure)
    {
        content = endpoint.Patch.Apply(request.Door!, adjustments);
        failure = null;
        return true;
    }

    /// <summary>Anthropic refuses a whole request for one block of another vendor's thinking, which the translation leaves out.</summary>
    public bool MayPass(DoorRequest request) => !ForeignThinking.IsIn(request.Body.Span);

    public AttemptResult ReadAnswer(byte[] pooled, int length)
    {
        if (MessageFigures.Of(pooled.AsMemory(0, length)) is { } figures)
            return new ChatAnswer(pooled, length) { Schema = Schema, Usage = figures.Usage, ContentBytes = figures.ContentBytes, FinishReason = figures.FinishReason };
        var result = translating.ReadAnswer(pooled, ref length);
        if (result.Answer is not { } read)
        {
            ArrayPool<byte>.Shared.Return(pooled);
            return result;
        }

        // Read for its figures alone.
        using (read)
            return new ChatAnswer(pooled, length) { Schema = Schema, Usage = read.Usage, ContentBytes = read.ContentBytes, FinishReason = read.FinishReason };
    }

    public ChatStream OpenStream(UpstreamBody body, int choices = 1) => translating.OpenStream(body, passesOn: true);

    public RemainingQuota? ReadQuota(HttpResponseHeaders headers) => translating.ReadQuota(headers);
}
