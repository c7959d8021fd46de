using System.Text.Json;
using ServerlessRouter.Chat;
using ServerlessRouter.Json;

namespace ServerlessRouter.Doors.Messages;

/// <summary>Writes an assistant's turn as one chat message: 1 content, 2 reasoning as the vendor that thought wants it back, 3 calls.</summary>
internal sealed class AssistantReader(Utf8JsonWriter writer, MessagesFaults faults, ContentPartsReader parts)
{
    private const string AnthropicFormat = "anthropic-claude-v1";

    private readonly List<JsonElement> _content = [];
    private readonly List<JsonElement> _thinking = [];
    private readonly List<(JsonElement Block, BlockPlace Place)> _calls = [];

    public void Write(JsonElement content, BlockPlace place)
    {
        writer.WriteStartObject();
        writer.WriteString("role"u8, "assistant"u8);
        if (content.ValueKind == JsonValueKind.String)
        {
            ElementJson.Copy(writer, "content"u8, content);
        }
        else
        {
            Sort(content, place);
            WriteContent(place);
            var extras = new CallExtras();
            WriteReasoning(extras);
            WriteCalls(extras);
        }

        writer.WriteEndObject();
    }

    private void Sort(JsonElement content, BlockPlace place)
    {
        var number = 0;
        foreach (var block in content.EnumerateArray())
        {
            var type = ElementJson.Member(block, "type"u8);
            if (type.ValueEquals("thinking"u8) || type.ValueEquals("redacted_thinking"u8))
                _thinking.Add(block);
            else if (type.ValueEquals("tool_use"u8))
                _calls.Add((block, place with { Block = number }));
            else
                _content.Add(block);
            number++;
        }
    }

    private void WriteContent(BlockPlace place)
    {
        if (_content.Count == 0 && _calls.Count > 0)
        {
            writer.WriteNull("content"u8);
            return;
        }

        // Texts of an assistant go on one behind the other, and every vendor takes a string.
        if (_content.Count < 2 || !_content.TrueForAll(ContentPartsReader.IsBareText))
        {
            parts.WriteContent(_content, place);
            return;
        }

        using var joined = new PooledWriter(_content.Count * 64);
        foreach (var block in _content)
            joined.Append(ElementJson.Inside(ElementJson.Member(block, "text"u8)));
        parts.WriteJoined("content"u8, joined.Written.Span);
    }

    private void WriteReasoning(CallExtras extras)
    {
        if (_thinking.Count == 0)
            return;
        using var content = new PooledWriter(64);
        using var reasoning = new PooledWriter(64);
        var index = 0;
        foreach (var block in _thinking)
        {
            var text = ElementJson.Member(block, "thinking"u8) is { ValueKind: JsonValueKind.String } thinking ? ElementJson.Inside(thinking) : default;
            var isRedacted = ElementJson.Is(block, "type"u8, "redacted_thinking"u8);
            var kept = ElementJson.Text(block, isRedacted ? "data"u8 : "signature"u8) ?? "";
            if (!ForeignThinking.IsForeign(System.Text.Encoding.UTF8.GetBytes(kept)))
            {
                StartDetails(index);
                WriteAnthropics(text, kept, isRedacted, index++);
                continue;
            }

            using var carried = ForeignThinking.Decode(System.Text.Encoding.UTF8.GetBytes(kept));
            if (carried is not null && ElementJson.Member(carried.RootElement, "detail"u8) is { ValueKind: JsonValueKind.Object } detail)
            {
                StartDetails(index++);
                WriteDetail(detail, text);
            }
            else if (carried is not null && ElementJson.Text(carried.RootElement, "call"u8) is { } call)
            {
                extras.Add(call, ElementJson.Member(carried.RootElement, "members"u8));
            }
            else if (!isRedacted)
            {
                Join(carried is not null && ElementJson.Is(carried.RootElement, "field"u8, "reasoning"u8) ? reasoning : content, text);
            }
        }

        if (index > 0)
            writer.WriteEndArray();
        if (content.Length > 0)
            parts.WriteJoined("reasoning_content"u8, content.Written.Span);
        if (reasoning.Length > 0)
            parts.WriteJoined("reasoning"u8, reasoning.Written.Span);
    }

    private void StartDetails(int index)
    {
        if (index == 0)
            writer.WriteStartArray("reasoning_details"u8);
    }

    private static void Join(PooledWriter texts, ReadOnlySpan<byte> text)
    {
        if (texts.Length > 0 && !text.IsEmpty)
            texts.Append("\\n\\n"u8);
        texts.Append(text);
    }

    private void WriteAnthropics(ReadOnlySpan<byte> text, string kept, bool isRedacted, int index)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, isRedacted ? "reasoning.encrypted"u8 : "reasoning.text"u8);
        if (!isRedacted)
            parts.WriteJoined("text"u8, text);
        writer.WriteString(isRedacted ? "data"u8 : "signature"u8, kept);
        writer.WriteString("format"u8, AnthropicFormat);
        writer.WriteNumber("index"u8, index);
        writer.WriteEndObject();
    }

    /// <summary>Another vendor's entry, as it came, with the text that stood in the block.</summary>
    private void WriteDetail(JsonElement detail, ReadOnlySpan<byte> text)
    {
        writer.WriteStartObject();
        foreach (var member in detail.EnumerateObject())
        {
            writer.WritePropertyName(member.Name);
            writer.WriteRawValue(ElementJson.Raw(member.Value), skipInputValidation: true);
        }

        if (ElementJson.Is(detail, "type"u8, "reasoning.summary"u8))
            parts.WriteJoined("summary"u8, text);
        else if (ElementJson.Is(detail, "type"u8, "reasoning.text"u8))
            parts.WriteJoined("text"u8, text);
        writer.WriteEndObject();
    }

    private void WriteCalls(CallExtras extras)
    {
        if (_calls.Count == 0)
            return;
        writer.WriteStartArray("tool_calls"u8);
        foreach (var (block, place) in _calls)
            WriteCall(block, place, extras);
        writer.WriteEndArray();
    }

    private void WriteCall(JsonElement block, BlockPlace place, CallExtras extras)
    {
        var id = ElementJson.Member(block, "id"u8);
        var name = ElementJson.Member(block, "name"u8);
        var input = ElementJson.Member(block, "input"u8);
        if (!faults.Expect(id, JsonValueKind.String, place.Of("tool_use.id")) || !faults.Expect(name, JsonValueKind.String, place.Of("tool_use.name")))
            return;
        var hasInput = faults.ExpectIfSent(input, JsonValueKind.Object, place.Of("tool_use.input"));
        writer.WriteStartObject();
        ElementJson.Copy(writer, "id"u8, id);
        writer.WriteString("type"u8, "function"u8);
        writer.WriteStartObject("function"u8);
        writer.WriteString("name"u8, ShortToolNames.Of(ElementJson.String(name)));
        writer.WriteString("arguments"u8, hasInput ? ElementJson.Raw(input) : "{}"u8);
        writer.WriteEndObject();
        extras.Write(writer, ElementJson.String(id));
        ElementJson.CopyMember(writer, block, "cache_control"u8);
        writer.WriteEndObject();
    }
}
