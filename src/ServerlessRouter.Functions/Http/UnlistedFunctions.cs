using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using ServerlessRouter.Http;

namespace ServerlessRouter.Functions.Http;

/// <summary>Every request that no other function takes; its name is the last of all, because the host asks functions in the order of their names.</summary>
public sealed class UnlistedFunctions(RouterEndpoints endpoints)
{
    [Function("ZzUnlisted")]
    public Task ZzUnlisted([HttpTrigger(AuthorizationLevel.Anonymous, Route = EndpointPatterns.Any)] HttpRequest request) => endpoints.Unlisted(request.HttpContext);
}
