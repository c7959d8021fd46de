using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;
using ServerlessRouter.Chat;
using ServerlessRouter.Http.Jobs;
using ServerlessRouter.Http.Wire;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Http;

/// <summary>Answers requests for embeddings, by the pipeline that answers chats.</summary>
internal sealed class EmbeddingsHandler(ChatContextReader requests, IRouterPipeline pipeline, LaterAnswer later, TimeProvider time)
{
    public ValueTask HandleAsync(HttpContext http) => requests.AnswerAsync(http, AnswerAsync);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask AnswerAsync(HttpContext http, RequestContext context)
    {
        if (LaterAnswer.IsWanted(http.Request))
        {
            await later.AcceptAsync(http, context);
            return;
        }

        switch (await pipeline.InvokeAsync(context, http.RequestAborted))
        {
            case ChatOutcome.Completed completed:
                await WriteAsync(http, context, completed.Answer);
                break;
            case ChatOutcome.Failed failed:
                RouterHeaders.Write(http.Response, context, time);
                await ErrorAnswer.WriteAsync(http.Response, failed.Error, http.RequestAborted);
                break;
            case var other:
                throw new InvalidOperationException($"The pipeline answered a request for embeddings with {other.GetType().Name}.");
        }
    }

    private async ValueTask WriteAsync(HttpContext http, RequestContext context, ChatAnswer answer)
    {
        using (answer)
        {
            var response = http.Response;
            RouterHeaders.Write(response, context, time);
            response.Headers[RouterHeaders.CostUsd] = context.CostUsd.ToString(CultureInfo.InvariantCulture);
            response.ContentType = JsonAnswer.ContentType;
            response.ContentLength = answer.Body.Length;
            await response.BodyWriter.WriteAsync(answer.Body, http.RequestAborted);
        }
    }
}
