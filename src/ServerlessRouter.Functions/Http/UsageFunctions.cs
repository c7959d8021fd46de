using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using ServerlessRouter.Http;

namespace ServerlessRouter.Functions.Http;

/// <summary>Who used what.</summary>
public sealed class UsageFunctions(RouterEndpoints endpoints)
{
    [Function("Usage")]
    public Task Usage([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = EndpointPatterns.Usage)] HttpRequest request) => endpoints.Usage(request.HttpContext);
}
