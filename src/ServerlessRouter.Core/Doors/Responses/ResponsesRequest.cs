using System.Text.Json;
using ServerlessRouter.Chat;
using ServerlessRouter.Json;

namespace ServerlessRouter.Doors.Responses;

/// <summary>What a request for a response asks of the store of answers.</summary>
public sealed record ResponsesRequest
{
    private static readonly ResponsesRequest Nothing = new();

    /// <summary>The answer that it goes on from; null for none.</summary>
    public string? PreviousResponseId { get; private init; }

    /// <summary>Whether the answer is to be kept; null where the caller does not say.</summary>
    public bool? Store { get; private init; }

    /// <summary>The caller does not wait for the answer.</summary>
    public bool IsBackground { get; private init; }

    /// <summary>The answer is wanted in pieces.</summary>
    public bool IsStream { get; private init; }

    /// <summary>Items of the input may be named instead of sent.</summary>
    public bool MayHaveReferences { get; private init; }

    /// <summary>Reads a body; one that is not JSON asks for nothing, and is refused by the door.</summary>
    public static ResponsesRequest Read(ReadOnlySpan<byte> body)
    {
        var read = new ResponsesRequest();
        var reader = new JsonTokenReader(body, ChatRequestScanner.MaxDepth);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return Nothing;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                read = read.With(ref reader, body);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return Nothing;
        }

        return read;
    }

    private ResponsesRequest With(ref JsonTokenReader reader, ReadOnlySpan<byte> body)
    {
        var isPrevious = reader.ValueTextEquals("previous_response_id"u8);
        var isStore = reader.ValueTextEquals("store"u8);
        var isBackground = reader.ValueTextEquals("background"u8);
        var isStream = reader.ValueTextEquals("stream"u8);
        var isInput = reader.ValueTextEquals("input"u8);
        reader.Read();
        var (kind, start) = (reader.TokenType, reader.TokenStartIndex);
        var text = isPrevious && kind == JsonTokenType.String ? reader.GetString() : null;
        reader.Skip();
        return this with
        {
            PreviousResponseId = text ?? PreviousResponseId,
            Store = isStore && kind is (JsonTokenType.True or JsonTokenType.False) ? kind == JsonTokenType.True : Store,
            IsBackground = isBackground ? kind == JsonTokenType.True : IsBackground,
            IsStream = isStream ? kind == JsonTokenType.True : IsStream,
            MayHaveReferences = MayHaveReferences || (isInput && body[start..reader.BytesConsumed].IndexOf("item_reference"u8) >= 0),
        };
    }
}
