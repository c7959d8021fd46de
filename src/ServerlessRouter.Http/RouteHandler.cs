using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ServerlessRouter.Http.Wire;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Http;

/// <summary>Explains what would become of a request for a chat or for embeddings; calls no model.</summary>
internal sealed class RouteHandler(ChatContextReader requests, IRouterPipeline pipeline, TimeProvider time)
{
    public ValueTask HandleAsync(HttpContext http) => requests.AnswerAsync(http, AnswerAsync);

    private async ValueTask AnswerAsync(HttpContext http, RequestContext context)
    {
        context.IsExplained = true;
        var error = await pipeline.PlanAsync(context, http.RequestAborted);
        RouterHeaders.Write(http.Response, context, time);
        if (error is not null)
            await ErrorAnswer.WriteAsync(http.Response, error, http.RequestAborted);
        else
            await JsonAnswer.WriteAsync(http.Response, StatusCodes.Status200OK, Explain(context), http.RequestAborted);
    }

    private ReadOnlyMemory<byte> Explain(RequestContext context)
    {
        var output = new ArrayBufferWriter<byte>(2048);
        using var writer = new Utf8JsonWriter(output, JsonStyle.Options);
        RouteExplanation.Write(writer, context, time);
        writer.Flush();
        return output.WrittenMemory;
    }
}
