using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;
using ServerlessRouter.Chat;
using ServerlessRouter.Domain;
using ServerlessRouter.Doors;
using ServerlessRouter.Errors;
using ServerlessRouter.Http.Jobs;
using ServerlessRouter.Http.Responses;
using ServerlessRouter.Http.Wire;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Http;

/// <summary>Answers chat requests, plain and streamed, in the form of the door they came through.</summary>
internal sealed class ChatCompletionsHandler
{
    private const int RoomForDoor = 1024;

    private readonly ChatContextReader _requests;
    private readonly IRouterPipeline _pipeline;
    private readonly LaterAnswer _later;
    private readonly BackgroundResponses _background;
    private readonly TimeProvider _time;
    private readonly Func<HttpContext, RequestContext, ValueTask> _answer;

    public ChatCompletionsHandler(ChatContextReader requests, IRouterPipeline pipeline, LaterAnswer later, BackgroundResponses background, TimeProvider time)
    {
        (_requests, _pipeline, _later, _background, _time) = (requests, pipeline, later, background, time);
        _answer = AnswerAsync;
    }

    public ValueTask HandleAsync(HttpContext http) => _requests.AnswerAsync(http, _answer);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask AnswerAsync(HttpContext http, RequestContext context)
    {
        if (context.Request.Door is null && LaterAnswer.IsWanted(http.Request))
            await _later.AcceptAsync(http, context);
        else if (KeptResponse.Of(http) is { IsBackground: true } kept)
            await _background.AcceptAsync(http, context, kept);
        else if (context.Request.IsStream)
            await StreamAsync(http, context);
        else
            await WriteWholeAsync(http, context, await _pipeline.InvokeAsync(context, http.RequestAborted));
    }

    /// <summary>The caller hears from us while the pipeline still waits for a first token, so the stream may have begun before its outcome is known.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask StreamAsync(HttpContext http, RequestContext context)
    {
        await using var events = new EventStreamAnswer(http, _time);
        var outcome = await _pipeline.InvokeAsync(context, http.RequestAborted);
        if (outcome is ChatOutcome.Streaming streaming)
        {
            await using var stream = streaming.Stream;
            await events.CopyAsync(stream, context);
            return;
        }

        await events.StopKeepAliveAsync();
        if (!events.HasBegun)
            await WriteWholeAsync(http, context, outcome);
        else if (outcome is ChatOutcome.Failed failed)
            await events.WriteErrorAsync(failed.Error, context);
        else
            throw new InvalidOperationException("The pipeline answered a request for a stream with a whole answer.");
    }

    private ValueTask WriteWholeAsync(HttpContext http, RequestContext context, ChatOutcome outcome) => outcome switch
    {
        ChatOutcome.Completed completed => WriteAnswerAsync(http, context, completed.Answer),
        ChatOutcome.Failed failed => WriteErrorAsync(http, context, failed.Error),
        _ => throw new InvalidOperationException("The pipeline answered a request for a whole answer with a stream."),
    };

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask WriteAnswerAsync(HttpContext http, RequestContext context, ChatAnswer answer)
    {
        using (answer)
        {
            var response = http.Response;
            RouterHeaders.Write(response, context, _time);
            response.Headers[RouterHeaders.CostUsd] = context.CostUsd.ToString(CultureInfo.InvariantCulture);
            response.ContentType = JsonAnswer.ContentType;
            var kept = KeptResponse.Of(http);
            var body = answer.Body;
            if (answer.Schema == WireSchema.Chat && DoorOfRequest.Find(http) is { } door)
                body = Translate(door, DoorOfRequest.TermsOf(context, kept?.PreviousId, _time.GetUtcNow()), body);
            if (kept is not null)
                body = await kept.KeepAsync(body, http.RequestAborted);
            response.ContentLength = body.Length;
            await response.BodyWriter.WriteAsync(body, http.RequestAborted);
        }
    }

    private static ReadOnlyMemory<byte> Translate(ApiDoor door, DoorTerms terms, ReadOnlyMemory<byte> answer)
    {
        var output = new ArrayBufferWriter<byte>(answer.Length + RoomForDoor);
        door.WriteAnswer(terms, answer, output);
        return output.WrittenMemory;
    }

    private ValueTask WriteErrorAsync(HttpContext http, RequestContext context, RouterError error)
    {
        RouterHeaders.Write(http.Response, context, _time);
        return ErrorAnswer.WriteAsync(http.Response, error, http.RequestAborted);
    }
}
