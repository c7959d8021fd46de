using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ServerlessRouter.Admission;
using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;

namespace ServerlessRouter.Http;

/// <summary>Describes one route or model the caller may ask for.</summary>
internal sealed class ModelHandler(RouterModelSource models) : IEndpointHandler
{
    public ValueTask HandleAsync(HttpContext http)
    {
        var router = models.Current;
        if (CallerIdentity.Find(router, new HttpRequestHeaders(http.Request.Headers), out _, out var tier) is { } unknownCaller)
            return ErrorAnswer.WriteAsync(http.Response, unknownCaller, http.RequestAborted);

        var id = PathName.Of(http.Request, EndpointPatterns.ModelId);
        if (!router.Targets.TryGetValue(id, out var target) || !tier.Allows(id))
        {
            var unknown = new RouterError(RouterErrorCode.ModelNotFound, $"There is no route or model '{id}' that this key may use. GET /{EndpointPatterns.Models} lists what it may use.") { Param = "id" };
            return ErrorAnswer.WriteAsync(http.Response, unknown, http.RequestAborted);
        }

        var output = new ArrayBufferWriter<byte>(1024);
        using var writer = new Utf8JsonWriter(output, JsonStyle.Options);
        ModelDocument.Write(writer, target);
        writer.Flush();
        return JsonAnswer.WriteAsync(http.Response, StatusCodes.Status200OK, output.WrittenMemory, http.RequestAborted);
    }
}
