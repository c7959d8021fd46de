using System.Text.Json;
using ServerlessRouter.Chat;
using ServerlessRouter.Errors;
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

    /// <summary>What is wrong with one of these members; null where they can be read.</summary>
    public RouterError? Fault { get; private init; }

    /// <summary>Reads a body; one that is not JSON asks for nothing, and is refused by the door.</summary>
    public static ResponsesRequest Read(ReadOnlySpan<byte> body)
    {
        var read = Nothing;
        var seen = default((bool Previous, bool Store, bool Input));
        var reader = new JsonTokenReader(body, ChatRequestScanner.MaxDepth);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return Nothing;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                read = read.With(ref reader, body, ref seen);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return Nothing;
        }

        return read;
    }

    private ResponsesRequest With(ref JsonTokenReader reader, ReadOnlySpan<byte> body, ref (bool Previous, bool Store, bool Input) seen)
    {
        var isPrevious = reader.ValueTextEquals("previous_response_id"u8);
        var isStore = reader.ValueTextEquals("store"u8);
        var isBackground = reader.ValueTextEquals("background"u8);
        var isStream = reader.ValueTextEquals("stream"u8);
        var isInput = reader.ValueTextEquals("input"u8);
        if (!(isPrevious || isStore || isBackground || isStream || isInput))
        {
            reader.Skip();
            return this;
        }

        reader.Read();
        var (kind, start) = (reader.TokenType, reader.TokenStartIndex);
        var text = isPrevious && kind == JsonTokenType.String ? reader.GetString() : null;
        reader.Skip();
        // These are written anew where answers are kept, so the door would not see them twice.
        var twice = isPrevious && seen.Previous ? "previous_response_id" : isStore && seen.Store ? "store" : isInput && seen.Input ? "input" : null;
        seen = (seen.Previous || isPrevious, seen.Store || isStore, seen.Input || isInput);
        return this with
        {
            Fault = Fault ?? (twice is not null ? ResponsesFaults.Twice(twice) : WrongType(isPrevious, isStore, isBackground, kind)),
            PreviousResponseId = text ?? PreviousResponseId,
            Store = isStore && kind is (JsonTokenType.True or JsonTokenType.False) ? kind == JsonTokenType.True : Store,
            IsBackground = isBackground ? kind == JsonTokenType.True : IsBackground,
            IsStream = isStream ? kind == JsonTokenType.True : IsStream,
            MayHaveReferences = MayHaveReferences || (isInput && body[start..reader.BytesConsumed].IndexOf("item_reference"u8) >= 0),
        };
    }

    private static RouterError? WrongType(bool isPrevious, bool isStore, bool isBackground, JsonTokenType kind)
    {
        if (kind == JsonTokenType.Null)
            return null;
        if (isPrevious && kind != JsonTokenType.String)
            return ResponsesFaults.WrongType("previous_response_id", "a string");
        return (isStore || isBackground) && kind is not (JsonTokenType.True or JsonTokenType.False) ? ResponsesFaults.WrongType(isStore ? "store" : "background", "true or false") : null;
    }
}
