using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Net.Http.Headers;
using ServerlessRouter.Chat;
using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Providers.Upstream;

namespace ServerlessRouter.Providers.Responses;

/// <summary>Callers who speak responses themselves: their request goes up with another model name, and the answer comes back as it is.</summary>
internal sealed class ResponsesPassage(ResponsesMapper translating) : IChatMapper
{
    public WireSchema Schema => WireSchema.Responses;

    public IChatMapper Translating => translating;

    public Uri AddressOf(DeploymentModel deployment) => translating.AddressOf(deployment);

    /// <summary>The router keeps answers itself, so the vendor keeps none.</summary>
    public ChatRequestPatch PatchOf(DeploymentModel deployment, LanguageModel model) => new(deployment.Name, deployment.Parameters ?? model.Parameters, model.Streams)
    {
        Stateless = new StatelessResponses(model.Capabilities.HasFlag(Capabilities.Reasoning)),
    };

    public void AddHeaders(HttpRequestHeaders headers, IRequestHeaders caller) => translating.AddHeaders(headers, caller);

    public bool TryWriteRequest(
        ChatRequest request, UpstreamEndpoint endpoint, RequestAdjustments? adjustments,
        [NotNullWhen(true)] out HttpContent? content, [NotNullWhen(false)] out AttemptFailure? failure)
    {
        var door = request.Door!;
        if (OwnReasoning.In(door.Body.Span) is { } body)
        {
            adjustments?.Strip("reasoning");
            door = new DoorRequest(Schema, body, body.Length);
        }

        content = endpoint.Patch.Apply(door, adjustments);
        failure = null;
        return true;
    }

    public AttemptResult ReadAnswer(byte[] pooled, int length)
    {
        if (ResponseFigures.Of(pooled.AsMemory(0, length)) is { } figures)
            return new ChatAnswer(pooled, length) { Schema = Schema, Usage = figures.Usage, ContentBytes = figures.ContentBytes, FinishReason = figures.FinishReason };
        var result = translating.ReadAnswer(pooled.AsMemory(0, length));
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
