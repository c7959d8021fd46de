using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using ServerlessRouter.Http;

namespace ServerlessRouter.Functions.Http;

/// <summary>The files that batches are made of, and that they answer with.</summary>
public sealed class FileFunctions(RouterEndpoints endpoints)
{
    [Function("FileUpload")]
    public Task FileUpload([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = EndpointPatterns.Files)] HttpRequest request) => endpoints.UploadFile(request.HttpContext);

    [Function("FileList")]
    public Task FileList([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = EndpointPatterns.Files)] HttpRequest request) => endpoints.ListFiles(request.HttpContext);

    [Function("FileDescription")]
    public Task FileDescription([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = EndpointPatterns.File)] HttpRequest request) => endpoints.GetFile(request.HttpContext);

    [Function("FileDeletion")]
    public Task FileDeletion([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = EndpointPatterns.File)] HttpRequest request) => endpoints.DeleteFile(request.HttpContext);

    [Function("FileContent")]
    public Task FileContent([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = EndpointPatterns.FileContent)] HttpRequest request) => endpoints.FileContent(request.HttpContext);
}
