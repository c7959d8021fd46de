using Microsoft.AspNetCore.Http;
using ServerlessRouter.Errors;

namespace ServerlessRouter.Http;

/// <summary>Answers URLs that are none of the router's.</summary>
internal sealed class UnknownPathHandler : IEndpointHandler
{
    public ValueTask HandleAsync(HttpContext http) =>
        ErrorAnswer.WriteAsync(
            http.Response,
            new RouterError(RouterErrorCode.NotFound, $"There is no URL {http.Request.Path}. Chat is at POST /{EndpointPatterns.ChatCompletions}; most clients take a base URL that ends in /v1."),
            http.RequestAborted);
}
