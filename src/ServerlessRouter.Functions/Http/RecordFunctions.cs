using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using ServerlessRouter.Http;

namespace ServerlessRouter.Functions.Http;

/// <summary>What became of requests.</summary>
/// <remarks>The host asks functions in the order of their names, and a catch-all matches nothing too: it must come after the path it extends.</remarks>
public sealed class RecordFunctions(RouterEndpoints endpoints)
{
    [Function("Requests")]
    public Task Requests([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = EndpointPatterns.Requests)] HttpRequest request) => endpoints.ListRequests(request.HttpContext);

    [Function("RequestsById")]
    public Task RequestsById([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = EndpointPatterns.Request)] HttpRequest request) => endpoints.GetRequest(request.HttpContext);
}
