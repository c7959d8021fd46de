using System.ClientModel;
using System.ClientModel.Primitives;
using Azure.AI.OpenAI;
using Azure.Core;
using OpenAI.Batch;
using OpenAI.Responses;

namespace DotnetClient;

/// <summary>
/// Clients of one router. Chats, embeddings and files are asked for by Azure's client. <c>GetResponsesClient</c> and <c>GetBatchClient</c> of Azure.AI.OpenAI 2.9.0-beta.1 throw a
/// <see cref="MissingMethodException"/> beside OpenAI 2.15.0, so these two are OpenAI's own, at the router's <c>openai/v1/</c>.
/// </summary>
internal sealed record RouterClients(AzureOpenAIClient Azure, ResponsesClient Responses, BatchClient Batches)
{
    private const string Scope = "https://cognitiveservices.azure.com/.default";

    public static RouterClients ByKey(Uri router, string key) =>
        Of(router, new AzureOpenAIClient(router, new ApiKeyCredential(key)), ApiKeyAuthenticationPolicy.CreateBearerAuthorizationPolicy(new ApiKeyCredential(key)));

    public static async Task<RouterClients> ByCredentialAsync(Uri router, TokenCredential credential) =>
        Of(router, new AzureOpenAIClient(router, credential), await PolicyOfAsync(router, credential));

    private static RouterClients Of(Uri router, AzureOpenAIClient azure, AuthenticationPolicy policy)
    {
        var address = new Uri(router, "openai/v1/");
        return new RouterClients(
            azure, new ResponsesClient(policy, new ResponsesClientOptions { Endpoint = address }), new BatchClient(policy, new BatchClientOptions { Endpoint = address }));
    }

    /// <summary>OpenAI's clients send a credential's token over TLS alone; to a router on this machine it goes as a key does.</summary>
    private static async Task<AuthenticationPolicy> PolicyOfAsync(Uri router, TokenCredential credential)
    {
        if (router.Scheme == Uri.UriSchemeHttps)
            return new BearerTokenPolicy(credential, Scope);
        var token = await credential.GetTokenAsync(new TokenRequestContext([Scope]), CancellationToken.None);
        return ApiKeyAuthenticationPolicy.CreateBearerAuthorizationPolicy(new ApiKeyCredential(token.Token));
    }
}
