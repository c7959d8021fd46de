using System.Diagnostics.CodeAnalysis;
using System.Net.Http.Headers;
using ServerlessRouter.Chat;
using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Providers.Failures;
using ServerlessRouter.Providers.OpenAI;
using ServerlessRouter.Providers.Upstream;

namespace ServerlessRouter.Providers.AzureOpenAI;

/// <summary>Azure OpenAI: OpenAI's schema under <c>/openai/v1</c>, or under the deployment's own path when an <c>api-version</c> is configured.</summary>
/// <param name="responses">Calls deployments that answer at the Responses API alone; null where only chat completions are called.</param>
internal sealed class AzureOpenAIMapper(IChatMapper? responses = null) : IChatMapper
{
    public IChatMapper For(DeploymentModel deployment) => deployment.OnlyResponses ? responses?.For(deployment) ?? this : this;

    public IChatMapper? PassingOn(DeploymentModel deployment) => responses?.PassingOn(deployment);

    /// <summary>Where a deployment's responses are: the deployment stands in the body alone.</summary>
    public static Uri ResponsesAddressOf(DeploymentModel deployment) =>
        new(deployment.Provider.Endpoint!, deployment.Provider.ApiVersion is { } version ? $"openai/responses?api-version={Uri.EscapeDataString(version)}" : "openai/v1/responses");

    public Uri AddressOf(DeploymentModel deployment)
    {
        var provider = deployment.Provider;
        return new Uri(provider.Endpoint!, provider.ApiVersion is { } version
            ? $"openai/deployments/{Uri.EscapeDataString(deployment.Name)}/chat/completions?api-version={Uri.EscapeDataString(version)}"
            : "openai/v1/chat/completions");
    }

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
