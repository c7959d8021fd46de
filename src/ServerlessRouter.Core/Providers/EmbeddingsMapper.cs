using System.Diagnostics.CodeAnalysis;
using System.Net.Http.Headers;
using ServerlessRouter.Chat;
using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Providers.OpenAI;
using ServerlessRouter.Providers.Upstream;

namespace ServerlessRouter.Providers;

/// <summary>The embeddings of a vendor whose chat another mapper knows: the same headers and limits, an address beside its chat's, and OpenAI's schema.</summary>
internal sealed class EmbeddingsMapper(IChatMapper chat) : IChatMapper
{
    private const string ChatPath = "chat/completions";
    private const string EmbeddingsPath = "embeddings";

    /// <summary>Every surface of OpenAI and Azure has the two operations side by side.</summary>
    public Uri AddressOf(DeploymentModel deployment)
    {
        var address = new UriBuilder(chat.AddressOf(deployment));
        address.Path = address.Path[..^ChatPath.Length] + EmbeddingsPath;
        return address.Uri;
    }

    public void AddHeaders(HttpRequestHeaders headers, IRequestHeaders caller) => chat.AddHeaders(headers, caller);

    public bool TryWriteRequest(
        ChatRequest request, UpstreamEndpoint endpoint, RequestAdjustments? adjustments,
        [NotNullWhen(true)] out HttpContent? content, [NotNullWhen(false)] out AttemptFailure? failure) =>
        chat.TryWriteRequest(request, endpoint, adjustments, out content, out failure);

    public AttemptResult ReadAnswer(byte[] pooled, int length) => OpenAIEmbeddingsAnswer.Read(pooled, length);

    public bool MayStream => false;

    public ChatStream OpenStream(UpstreamBody body, int choices = 1) => throw new InvalidOperationException("vectors are not asked for in pieces");

    public RemainingQuota? ReadQuota(HttpResponseHeaders headers) => chat.ReadQuota(headers);
}
