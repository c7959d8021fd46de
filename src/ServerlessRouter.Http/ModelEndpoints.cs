using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ServerlessRouter.Admission;
using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;
using ServerlessRouter.Http.Wire;

namespace ServerlessRouter.Http;

/// <summary>The routes and models the caller may ask for.</summary>
internal sealed class ModelEndpoints(RouterModelSource models, AdminGate gate)
{
    /// <summary>Lists them.</summary>
    public async ValueTask ListAsync(HttpContext http)
    {
        var router = models.Current;
        var (error, allows) = await FindAsync(http, router);
        if (error is not null)
        {
            await ErrorAnswer.WriteAsync(http.Response, error, http.RequestAborted);
            return;
        }

        var output = new ArrayBufferWriter<byte>(4096);
        using var writer = new Utf8JsonWriter(output, JsonStyle.Options);
        writer.WriteStartObject();
        writer.WriteString("object"u8, "list"u8);
        writer.WriteStartArray("data"u8);
        foreach (var route in router.Routes)
        {
            if (allows(route.Name))
                ModelDocument.Write(writer, route);
        }

        foreach (var model in router.Models)
        {
            if (allows(model.Name) && router.Targets.GetValueOrDefault(model.Name) is { IsImplicit: true } target)
                ModelDocument.Write(writer, target);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.Flush();
        await JsonAnswer.WriteAsync(http.Response, StatusCodes.Status200OK, output.WrittenMemory, http.RequestAborted);
    }

    /// <summary>Describes one of them.</summary>
    public async ValueTask GetAsync(HttpContext http)
    {
        var router = models.Current;
        var (error, allows) = await FindAsync(http, router);
        if (error is not null)
        {
            await ErrorAnswer.WriteAsync(http.Response, error, http.RequestAborted);
            return;
        }

        var id = PathName.Of(http.Request, EndpointPatterns.Id);
        if (!router.Targets.TryGetValue(id, out var target) || !allows(id))
        {
            var unknown = new RouterError(RouterErrorCode.ModelNotFound, $"There is no route or model '{id}' that this key may use. GET /{EndpointPatterns.Models} lists what it may use.") { Param = "id" };
            await ErrorAnswer.WriteAsync(http.Response, unknown, http.RequestAborted);
            return;
        }

        var output = new ArrayBufferWriter<byte>(1024);
        using var writer = new Utf8JsonWriter(output, JsonStyle.Options);
        ModelDocument.Write(writer, target);
        writer.Flush();
        await JsonAnswer.WriteAsync(http.Response, StatusCodes.Status200OK, output.WrittenMemory, http.RequestAborted);
    }

    /// <summary>What may be told to who asks: to a caller what it may ask for, to an admin everything.</summary>
    private async ValueTask<(RouterError? Error, Func<string, bool> Allows)> FindAsync(HttpContext http, RouterModel router)
    {
        var headers = new HttpRequestHeaders(http.Request.Headers);
        if (CallerIdentity.Find(router, headers, out var caller) is not { } unknown)
            return (null, caller is null ? router.AnonymousTier.Allows : caller.Allows);
        var isAdmin = AdminGate.IsKeySent(headers) && (await gate.FindAsync(router, headers, http.RequestAborted)).Admin is { Role: AdminRole.Admin };
        return (isAdmin ? null : unknown, static _ => true);
    }
}
