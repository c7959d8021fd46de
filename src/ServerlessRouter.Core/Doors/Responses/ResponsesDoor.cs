using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using ServerlessRouter.Chat;
using ServerlessRouter.Domain;
using ServerlessRouter.Errors;

namespace ServerlessRouter.Doors.Responses;

/// <summary>The way in for callers of OpenAI's responses: <c>POST /v1/responses</c>.</summary>
public sealed class ResponsesDoor : ApiDoor
{
    /// <summary>It keeps nothing, so one serves every request.</summary>
    public static readonly ResponsesDoor Instance = new();

    internal static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private ResponsesDoor()
    {
    }

    public override WireSchema Schema => WireSchema.Responses;

    public override RouterError? Read(ReadOnlyMemory<byte> body, IBufferWriter<byte> chat) => ResponsesRequestReader.Read(body, chat);

    protected override string? FindOwnItem(ChatRequest request, ReadOnlySpan<byte> body) => ForeignItems.FindFirst(body);

    public override RouterError InOwnWords(RouterError error) => ResponsesWords.Of(error);

    public override void WriteAnswer(DoorTerms terms, ReadOnlyMemory<byte> answer, IBufferWriter<byte> output)
    {
        using var response = new ResponseWriter(terms);
        response.WriteWhole(answer.Span, output);
    }

    /// <summary>Writes a response that has no answer, or none yet.</summary>
    /// <param name="terms">The request.</param>
    /// <param name="state">How it stands.</param>
    /// <param name="error">Of one that failed, the body that says why; may be null.</param>
    /// <param name="output">Takes one JSON object.</param>
    public static void WriteUnanswered(DoorTerms terms, UnansweredState state, ReadOnlyMemory<byte>? error, IBufferWriter<byte> output)
    {
        using var response = new ResponseWriter(terms);
        response.WriteUnanswered(
            state switch
            {
                UnansweredState.Queued => ResponseState.Queued,
                UnansweredState.InProgress => ResponseState.InProgress,
                UnansweredState.Cancelled => ResponseState.Cancelled,
                _ => ResponseState.Failed,
            },
            error is { } body ? body.Span : default,
            output);
    }

    public override DoorStream OpenStream(DoorTerms terms) => new ResponsesStream(terms);

    public override void WriteError(RouterError error, string requestId, IBufferWriter<byte> output)
    {
        if (error.Refusal is { Body.IsEmpty: false } refusal)
        {
            output.Write(refusal.Body.Span);
            return;
        }

        using var writer = new Utf8JsonWriter(output, WriterOptions);
        writer.WriteStartObject();
        RouterErrorJson.WriteMember(writer, ResponsesWords.Of(error));
        writer.WriteEndObject();
    }

    /// <summary>A response that was created and failed: the accumulators of OpenAI's clients want the first before the second.</summary>
    public override void WriteErrorEvents(RouterError error, string requestId, IBufferWriter<byte> output)
    {
        using var response = new ResponseWriter(new DoorTerms(requestId, default, "", 0, default));
        response.Start();
        response.Fail(ResponseFailure.Of(ResponsesWords.Of(error)));
        response.MoveTo(output);
    }

    public override PassedStream WatchPassed() => new PassedResponse();
}

/// <summary>How a response stands that has no answer.</summary>
public enum UnansweredState
{
    /// <summary>Its turn has not come.</summary>
    Queued,
    InProgress,

    /// <summary>The caller took it back.</summary>
    Cancelled,
    Failed,
}
