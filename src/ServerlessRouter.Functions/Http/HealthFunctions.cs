using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using ServerlessRouter.Http;

namespace ServerlessRouter.Functions.Http;

/// <summary>Whether the app lives and has somebody to call.</summary>
public sealed class HealthFunctions(RouterEndpoints endpoints)
{
    [Function("Healthz")]
    public Task Healthz([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = EndpointPatterns.Healthz)] HttpRequest request) => endpoints.Healthz(request.HttpContext);

    [Function("Readyz")]
    public Task Readyz([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = EndpointPatterns.Readyz)] HttpRequest request) => endpoints.Readyz(request.HttpContext);
}
