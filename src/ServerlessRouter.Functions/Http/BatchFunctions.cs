using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using ServerlessRouter.Functions.Jobs;
using ServerlessRouter.Http;

namespace ServerlessRouter.Functions.Http;

/// <summary>Batches of requests.</summary>
public sealed class BatchFunctions(RouterEndpoints endpoints, DurableLauncher launcher)
{
    [Function("BatchCreation")]
    public Task BatchCreation([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = EndpointPatterns.Batches)] HttpRequest request, [DurableClient] DurableTaskClient client)
    {
        launcher.Use(client);
        return endpoints.CreateBatch(request.HttpContext);
    }

    [Function("BatchList")]
    public Task BatchList([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = EndpointPatterns.Batches)] HttpRequest request) => endpoints.ListBatches(request.HttpContext);

    [Function("BatchDescription")]
    public Task BatchDescription([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = EndpointPatterns.Batch)] HttpRequest request) => endpoints.GetBatch(request.HttpContext);

    [Function("BatchCancellation")]
    public Task BatchCancellation([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = EndpointPatterns.BatchCancellation)] HttpRequest request) => endpoints.CancelBatch(request.HttpContext);
}
