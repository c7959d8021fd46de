using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using ServerlessRouter.Http;

namespace ServerlessRouter.Functions.Http;

/// <summary>Every URL that is none of the router's; its name is the last of all, because the host asks functions in the order of their names.</summary>
public sealed class UnknownFunctions(RouterEndpoints endpoints)
{
    [Function("ZzUnknown")]
    public Task ZzUnknown([HttpTrigger(AuthorizationLevel.Anonymous, Route = EndpointPatterns.Unknown)] HttpRequest request) => endpoints.Unknown(request.HttpContext);
}
