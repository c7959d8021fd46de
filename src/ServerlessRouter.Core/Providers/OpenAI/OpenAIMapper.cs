using System.Diagnostics.CodeAnalysis;
using System.Net.Http.Headers;
using ServerlessRouter.Chat;
using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Providers.Failures;
using ServerlessRouter.Providers.Upstream;

namespace ServerlessRouter.Providers.OpenAI;

/// <summary>OpenAI's chat completions, and everyone who speaks them: the caller's bytes go up, the vendor's come back.</summary>
/// <param name="responses">Calls deployments that answer at the vendor's Responses API alone; null where only chat completions are called.</param>
internal sealed class OpenAIMapper(IChatMapper? responses = null) : IChatMapper
{
    public IChatMapper For(DeploymentModel deployment) => deployment.OnlyResponses ? responses?.For(deployment) ?? this : this;

    public IChatMapper? PassingOn(DeploymentModel deployment) => responses?.PassingOn(deployment);

    public Uri AddressOf(DeploymentModel deployment) => new(deployment.Provider.Endpoint!, "chat/completions");

    public void AddHeaders(HttpRequestHeaders headers, IRequestHeaders caller)
    {
    }

    public bool TryWriteRequest(
        ChatRequest request, UpstreamEndpoint endpoint, RequestAdjustments? adjustments,
        [NotNullWhen(true)] out HttpContent? content, [NotNullWhen(false)] out AttemptFailure? failure)
    {
        content = OpenAIRequest.Write(request, endpoint, adjustments);
        failure = null;
        return true;
    }

    public AttemptResult ReadAnswer(byte[] pooled, int length) => OpenAIAnswer.Read(pooled, length);

    public ChatStream OpenStream(UpstreamBody body, int choices = 1) => new OpenAIChatStream(body, choices);

    public RemainingQuota? ReadQuota(HttpResponseHeaders headers) => RateLimitHeaders.ReadQuota(headers);
}
