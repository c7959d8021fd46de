using Microsoft.AspNetCore.Http;

namespace ServerlessRouter.Http;

/// <summary>Says that the process lives.</summary>
internal sealed class HealthHandler : IEndpointHandler
{
    private static readonly byte[] Body = """{"status":"ok"}"""u8.ToArray();

    public ValueTask HandleAsync(HttpContext http) => JsonAnswer.WriteAsync(http.Response, StatusCodes.Status200OK, Body, http.RequestAborted);
}
