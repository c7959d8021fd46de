using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;
using ServerlessRouter.Errors;

namespace ServerlessRouter.Http;

/// <summary>Answers methods that a URL does not have.</summary>
internal sealed class OtherMethodHandler(ImmutableArray<string> methods) : IEndpointHandler
{
    private readonly string _allowed = string.Join(", ", methods);

    public ValueTask HandleAsync(HttpContext http)
    {
        http.Response.Headers.Allow = _allowed;
        var error = new RouterError(RouterErrorCode.MethodNotAllowed, $"{http.Request.Path} does not take {http.Request.Method}; it takes {_allowed}.");
        return ErrorAnswer.WriteAsync(http.Response, error, http.RequestAborted);
    }
}
