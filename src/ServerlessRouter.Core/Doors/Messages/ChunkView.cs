using System.Text;
using System.Text.Json;
using ServerlessRouter.Chat;
using ServerlessRouter.Json;

namespace ServerlessRouter.Doors.Messages;

/// <summary>Where in a chat chunk stands what a message tells; found in one pass, nothing is decoded. Of several choices the first one counts.</summary>
internal struct ChunkView
{
    public JsonMember Id;
    public JsonMember Model;
    public JsonMember Tier;
    public JsonMember Usage;
    public JsonMember Error;
    public JsonMember Metadata;
    public JsonMember Content;
    public JsonMember Refusal;
    public JsonMember ReasoningContent;
    public JsonMember Reasoning;
    public JsonMember Details;
    public JsonMember ThinkingBlocks;
    public JsonMember Calls;
    public JsonMember OldCall;
    public JsonMember Annotations;
    public JsonMember Others;
    public JsonMember FinishReason;
    public JsonMember NativeReason;
    public JsonMember StopReason;

    /// <summary>It is a piece of text and no more.</summary>
    public readonly bool IsTextAlone =>
        HasText(Content) && !HasText(FinishReason) && IsNothing(Refusal) && IsNothing(ReasoningContent) && IsNothing(Reasoning) && IsNothing(Details) && IsNothing(ThinkingBlocks) && IsNothing(Calls)
        && IsNothing(OldCall) && IsNothing(Annotations) && IsNothing(Others) && IsNothing(Usage) && IsNothing(Error) && IsNothing(Metadata);

    /// <summary>Throws a <see cref="JsonException"/> where the payload is no JSON.</summary>
    public static ChunkView Read(ReadOnlySpan<byte> payload)
    {
        var view = default(ChunkView);
        var reader = new JsonTokenReader(payload, ChatRequestScanner.MaxDepth);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            return view;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.ValueSpan;
            if (name.SequenceEqual("choices"u8))
                view.ReadChoices(ref reader);
            else
                view.Keep(name, Value(ref reader));
        }

        return view;
    }

    /// <summary>It is a string with something in it.</summary>
    public static bool HasText(in JsonMember member) => member is { Kind: JsonTokenType.String, Value.Length: > 2 };

    /// <summary>A string's text as it stands, without its quotes.</summary>
    public static ReadOnlySpan<byte> Inside(in JsonMember member, ReadOnlySpan<byte> payload) => payload.Slice(member.Value.Start + 1, member.Value.Length - 2);

    /// <summary>A string's text; null where it is none, or empty.</summary>
    public static string? Text(in JsonMember member, ReadOnlySpan<byte> payload)
    {
        if (!HasText(member))
            return null;
        var raw = Inside(member, payload);
        if (!raw.Contains((byte)'\\'))
            return Encoding.UTF8.GetString(raw);
        var decoded = new byte[raw.Length];
        return Encoding.UTF8.GetString(decoded, 0, JsonText.Unescape(raw, decoded));
    }

    private static bool IsNothing(in JsonMember member) => member.Kind is JsonTokenType.None or JsonTokenType.Null;

    private void Keep(ReadOnlySpan<byte> name, in JsonMember member)
    {
        if (name.SequenceEqual("id"u8))
            Id = member;
        else if (name.SequenceEqual("model"u8))
            Model = member;
        else if (name.SequenceEqual("usage"u8))
            Usage = member;
        else if (name.SequenceEqual("service_tier"u8))
            Tier = member;
        else if (name.SequenceEqual("error"u8))
            Error = member;
        else if (name.SequenceEqual("router_metadata"u8))
            Metadata = member;
    }

    private void ReadChoices(ref JsonTokenReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType == JsonTokenType.StartObject)
                ReadChoice(ref reader);
            else
                reader.Skip();
        }
    }

    private void ReadChoice(ref JsonTokenReader reader)
    {
        var before = this;
        var isOther = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.ValueSpan;
            if (name.SequenceEqual("delta"u8))
                ReadDelta(ref reader);
            else if (name.SequenceEqual("finish_reason"u8))
                FinishReason = Value(ref reader);
            else if (name.SequenceEqual("native_finish_reason"u8))
                NativeReason = Value(ref reader);
            else if (name.SequenceEqual("stop_reason"u8))
                StopReason = Value(ref reader);
            else
                isOther |= IsOtherIndex(name, ref reader);
        }

        if (isOther)
            this = before;
    }

    private static bool IsOtherIndex(ReadOnlySpan<byte> name, ref JsonTokenReader reader)
    {
        reader.Read();
        var isOther = name.SequenceEqual("index"u8) && reader.TokenType == JsonTokenType.Number && !reader.ValueSpan.SequenceEqual("0"u8);
        reader.Skip();
        return isOther;
    }

    private void ReadDelta(ref JsonTokenReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.ValueSpan;
            KeepOfDelta(name, Value(ref reader));
        }
    }

    private void KeepOfDelta(ReadOnlySpan<byte> name, in JsonMember member)
    {
        if (name.SequenceEqual("content"u8))
            Content = member;
        else if (name.SequenceEqual("tool_calls"u8))
            Calls = member;
        else if (name.SequenceEqual("reasoning_content"u8))
            ReasoningContent = member;
        else if (name.SequenceEqual("reasoning"u8))
            Reasoning = member;
        else if (name.SequenceEqual("reasoning_details"u8))
            Details = member;
        else if (name.SequenceEqual("thinking_blocks"u8))
            ThinkingBlocks = member;
        else if (name.SequenceEqual("refusal"u8))
            Refusal = member;
        else if (name.SequenceEqual("annotations"u8))
            Annotations = member;
        else if (name.SequenceEqual("provider_specific_fields"u8))
            Others = member;
        else if (name.SequenceEqual("function_call"u8))
            OldCall = member;
    }

    /// <summary>The value behind a name; leaves the reader on its last token.</summary>
    private static JsonMember Value(ref JsonTokenReader reader)
    {
        reader.Read();
        var (start, kind) = (reader.TokenStartIndex, reader.TokenType);
        reader.Skip();
        return new JsonMember(default, new JsonRange(start, reader.BytesConsumed - start), kind);
    }
}
