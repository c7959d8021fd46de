using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ServerlessRouter.Admission;
using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;
using ServerlessRouter.Http.Wire;

namespace ServerlessRouter.Http;

/// <summary>The routes and models the caller may ask for.</summary>
internal sealed class ModelEndpoints(RouterModelSource models)
{
    /// <summary>Lists them.</summary>
    public ValueTask ListAsync(HttpContext http)
    {
        var router = models.Current;
        if (CallerIdentity.Find(router, new HttpRequestHeaders(http.Request.Headers), out var caller) is { } unknownCaller)
            return ErrorAnswer.WriteAsync(http.Response, unknownCaller, http.RequestAborted);

        var output = new ArrayBufferWriter<byte>(4096);
        using var writer = new Utf8JsonWriter(output, JsonStyle.Options);
        writer.WriteStartObject();
        writer.WriteString("object"u8, "list"u8);
        writer.WriteStartArray("data"u8);
        foreach (var route in router.Routes)
        {
            if (Allows(router, caller, route.Name))
                ModelDocument.Write(writer, route);
        }

        foreach (var model in router.Models)
        {
            if (Allows(router, caller, model.Name) && router.Targets.GetValueOrDefault(model.Name) is { IsImplicit: true } target)
                ModelDocument.Write(writer, target);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.Flush();
        return JsonAnswer.WriteAsync(http.Response, StatusCodes.Status200OK, output.WrittenMemory, http.RequestAborted);
    }

    /// <summary>Describes one of them.</summary>
    public ValueTask GetAsync(HttpContext http)
    {
        var router = models.Current;
        if (CallerIdentity.Find(router, new HttpRequestHeaders(http.Request.Headers), out var caller) is { } unknownCaller)
            return ErrorAnswer.WriteAsync(http.Response, unknownCaller, http.RequestAborted);

        var id = PathName.Of(http.Request, EndpointPatterns.Id);
        if (!router.Targets.TryGetValue(id, out var target) || !Allows(router, caller, id))
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

    private static bool Allows(RouterModel router, CallerModel? caller, string target) => caller?.Allows(target) ?? router.AnonymousTier.Allows(target);
}
