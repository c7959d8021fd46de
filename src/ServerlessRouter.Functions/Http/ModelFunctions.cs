using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using ServerlessRouter.Http;

namespace ServerlessRouter.Functions.Http;

/// <summary>What callers may ask for.</summary>
/// <remarks>The host asks functions in the order of their names, and a catch-all matches nothing too: it must come after the path it extends.</remarks>
public sealed class ModelFunctions(RouterEndpoints endpoints)
{
    [Function("Models")]
    public Task Models([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = EndpointPatterns.Models)] HttpRequest request) => endpoints.Models(request.HttpContext);

    [Function("ModelsByName")]
    public Task ModelsByName([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = EndpointPatterns.Model)] HttpRequest request) => endpoints.Model(request.HttpContext);

    [Function("AzureModels")]
    public Task AzureModels([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = EndpointPatterns.AzureModels)] HttpRequest request) => endpoints.Models(request.HttpContext);
}
