using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using ServerlessRouter.Functions.Jobs;
using ServerlessRouter.Http;

namespace ServerlessRouter.Functions.Http;

/// <summary>Chat requests, plain and streamed, the decision alone, and grades of answers.</summary>
public sealed class ChatFunctions(RouterEndpoints endpoints, DurableLauncher launcher)
{
    [Function("ChatCompletions")]
    public Task ChatCompletions([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = EndpointPatterns.ChatCompletions)] HttpRequest request, [DurableClient] DurableTaskClient client) => AnswerAsync(request, client);

    [Function("AzureChatCompletions")]
    public Task AzureChatCompletions([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = EndpointPatterns.AzureChatCompletions)] HttpRequest request, [DurableClient] DurableTaskClient client) => AnswerAsync(request, client);

    [Function("AzureDeploymentChatCompletions")]
    public Task AzureDeploymentChatCompletions([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = EndpointPatterns.AzureDeploymentChatCompletions)] HttpRequest request, [DurableClient] DurableTaskClient client) => AnswerAsync(request, client);

    [Function("Feedback")]
    public Task Feedback([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = EndpointPatterns.Feedback)] HttpRequest request) => endpoints.Feedback(request.HttpContext);

    [Function("Route")]
    public Task Route([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = EndpointPatterns.Route)] HttpRequest request) => endpoints.Route(request.HttpContext);

    /// <summary>A request that asks to be answered later starts a job, for which the client is needed.</summary>
    private Task AnswerAsync(HttpRequest request, DurableTaskClient client)
    {
        launcher.Use(client);
        return endpoints.ChatCompletions(request.HttpContext);
    }
}
