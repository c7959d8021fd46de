using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ServerlessRouter.Admission;
using ServerlessRouter.Configuration;

namespace ServerlessRouter.Http;

/// <summary>Lists the routes and models the caller may ask for.</summary>
internal sealed class ModelsHandler(RouterModelSource models) : IEndpointHandler
{
    public ValueTask HandleAsync(HttpContext http)
    {
        var router = models.Current;
        if (CallerIdentity.Find(router, new HttpRequestHeaders(http.Request.Headers), out _, out var tier) is { } unknownCaller)
            return ErrorAnswer.WriteAsync(http.Response, unknownCaller, http.RequestAborted);

        var output = new ArrayBufferWriter<byte>(4096);
        using var writer = new Utf8JsonWriter(output, JsonStyle.Options);
        writer.WriteStartObject();
        writer.WriteString("object"u8, "list"u8);
        writer.WriteStartArray("data"u8);
        foreach (var route in router.Routes)
        {
            if (tier.Allows(route.Name))
                ModelDocument.Write(writer, route);
        }

        foreach (var model in router.Models)
        {
            if (tier.Allows(model.Name) && router.Targets.GetValueOrDefault(model.Name) is { IsImplicit: true } target)
                ModelDocument.Write(writer, target);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.Flush();
        return JsonAnswer.WriteAsync(http.Response, StatusCodes.Status200OK, output.WrittenMemory, http.RequestAborted);
    }
}
