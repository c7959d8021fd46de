using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using ServerlessRouter.Http;

namespace ServerlessRouter.Functions.Http;

/// <summary>Chat requests, plain and streamed, the decision alone, and grades of answers.</summary>
public sealed class ChatFunctions(RouterEndpoints endpoints)
{
    [Function("ChatCompletions")]
    public Task ChatCompletions([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = EndpointPatterns.ChatCompletions)] HttpRequest request) => endpoints.ChatCompletions(request.HttpContext);

    [Function("AzureChatCompletions")]
    public Task AzureChatCompletions([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = EndpointPatterns.AzureChatCompletions)] HttpRequest request) => endpoints.ChatCompletions(request.HttpContext);

    [Function("AzureDeploymentChatCompletions")]
    public Task AzureDeploymentChatCompletions([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = EndpointPatterns.AzureDeploymentChatCompletions)] HttpRequest request) => endpoints.ChatCompletions(request.HttpContext);

    [Function("Feedback")]
    public Task Feedback([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = EndpointPatterns.Feedback)] HttpRequest request) => endpoints.Feedback(request.HttpContext);

    [Function("Route")]
    public Task Route([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = EndpointPatterns.Route)] HttpRequest request) => endpoints.Route(request.HttpContext);
}
