using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using ServerlessRouter.Chat;
using ServerlessRouter.Domain;
using ServerlessRouter.Errors;
using ServerlessRouter.Json;

namespace ServerlessRouter.Doors.Messages;

/// <summary>The door of Anthropic's Messages API, for its SDKs and for coding agents.</summary>
/// <remarks>docs/messages.md says what becomes of each member, both ways.</remarks>
public sealed class MessagesDoor : ApiDoor
{
    /// <summary>A chat request nests a few levels deeper than the messages it is made of.</summary>
    private const int MaxDepth = ChatRequestScanner.MaxDepth - 8;

    internal static readonly JsonDocumentOptions ParseOptions = new() { MaxDepth = MaxDepth };

    /// <summary>An answer is the router's own, whatever its depth.</summary>
    internal static readonly JsonDocumentOptions AnswerOptions = new() { MaxDepth = 1000 };

    /// <summary>As it stands, for it is read as JSON alone; what is put together here is well formed, or thrown away.</summary>
    internal static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private MessagesDoor()
    {
    }

    public static MessagesDoor Instance { get; } = new();

    public override WireSchema Schema => WireSchema.Messages;

    public override RouterError? Read(ReadOnlyMemory<byte> body, IBufferWriter<byte> chat) => Read(body, chat, needsLimit: true);

    /// <summary>A limit of 0 fills Anthropic's prompt cache and asks for no answer, which no other vendor has.</summary>
    protected override string? FindOwnItem(ChatRequest request, ReadOnlySpan<byte> body)
    {
        if (request.MaxOutputTokens != 1)
            return null;
        var reader = new JsonTokenReader(body, ChatRequestScanner.MaxDepth);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isLimit = reader.ValueTextEquals("max_tokens"u8);
            reader.Read();
            if (isLimit)
                return reader.TokenType == JsonTokenType.Number && reader.GetDouble() == 0 ? "max_tokens" : null;
            reader.Skip();
        }

        return null;
    }

    /// <summary>The same for a request that may name no <c>max_tokens</c>, because its tokens are only counted.</summary>
    internal static RouterError? Read(ReadOnlyMemory<byte> body, IBufferWriter<byte> chat, bool needsLimit)
    {
        if (!Utf8.IsValid(body.Span))
            return RouterError.InvalidRequest("The request body is not valid UTF-8.");
        try
        {
            using var document = JsonDocument.Parse(body, ParseOptions);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                return RouterError.InvalidRequest("The request body is not a JSON object.");
            var faults = new MessagesFaults();
            using var writer = new Utf8JsonWriter(chat, WriterOptions);
            new MessagesRequestReader(document.RootElement, writer, faults) { NeedsLimit = needsLimit }.Read();
            return faults.First;
        }
        catch (JsonException)
        {
            return RouterError.InvalidRequest($"The request body is not valid JSON: {JsonFault.Explain(body.Span, new JsonReaderOptions { MaxDepth = MaxDepth })}");
        }
        catch (InvalidOperationException)
        {
            // The reader's way to say that an escape in a string it was asked to decode is half of a pair.
            return RouterError.InvalidRequest("The request body holds a \\u escape that is no character.");
        }
    }

    public override RouterError InOwnWords(RouterError error) => MessagesErrors.InOwnWords(error);

    public override void WriteAnswer(DoorTerms terms, ReadOnlyMemory<byte> answer, IBufferWriter<byte> output) => MessagesAnswerWriter.Write(terms, answer, output);

    public override DoorStream OpenStream(DoorTerms terms) => new MessagesStream(terms);

    public override int StatusOf(RouterError error) => MessagesErrors.StatusOf(error);

    public override void WriteError(RouterError error, string requestId, IBufferWriter<byte> output) => MessagesErrors.Write(error, requestId, output);

    public override void WriteErrorEvents(RouterError error, string requestId, IBufferWriter<byte> output) => MessagesErrors.WriteEvent(error, requestId, output);
}
