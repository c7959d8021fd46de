using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using ServerlessRouter.Http;

namespace ServerlessRouter.Functions.Http;

/// <summary>Requests that are answered later.</summary>
public sealed class JobFunctions(RouterEndpoints endpoints)
{
    [Function("JobDescription")]
    public Task JobDescription([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = EndpointPatterns.Job)] HttpRequest request) => endpoints.GetJob(request.HttpContext);

    [Function("JobDeletion")]
    public Task JobDeletion([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = EndpointPatterns.Job)] HttpRequest request) => endpoints.DeleteJob(request.HttpContext);
}
