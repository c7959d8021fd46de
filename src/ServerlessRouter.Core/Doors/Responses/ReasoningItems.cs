using System.Runtime.InteropServices;
using System.Text.Json;
using ServerlessRouter.Json;

namespace ServerlessRouter.Doors.Responses;

/// <summary>Writes reasoning items of the input as what a chat message tells of thinking: <c>reasoning_details</c> (OpenRouter's), and <c>reasoning_content</c> where nothing seals it.</summary>
internal static class ReasoningItems
{
    /// <summary>The item says anything.</summary>
    public static bool HasAny(JsonElement item) => IsSealed(item, out _) || HasTexts(item, "summary"u8) || HasTexts(item, "content"u8);

    public static void Write(List<JsonElement> items, Utf8JsonWriter chat)
    {
        if (items.Count == 0)
            return;
        using var open = new PooledWriter(256);
        var index = 0;
        chat.WriteStartArray("reasoning_details"u8);
        foreach (var item in items)
        {
            if (IsSealed(item, out var sealedContent))
                WriteSealed(item, sealedContent, ref index, chat);
            else
                WriteOpen(item, ref index, chat, open);
        }

        chat.WriteEndArray();
        if (open.Length == 0)
            return;
        open.Append("\""u8);
        chat.WritePropertyName("reasoning_content"u8);
        chat.WriteRawValue(open.Written.Span, skipInputValidation: true);
    }

    private static bool IsSealed(JsonElement item, out JsonElement content) =>
        item.TryGetProperty("encrypted_content"u8, out content) && content.ValueKind == JsonValueKind.String && JsonMarshal.GetRawUtf8Value(content).Length > 2;

    private static void WriteSealed(JsonElement item, JsonElement sealedContent, ref int index, Utf8JsonWriter chat)
    {
        var content = Inside(sealedContent);
        var seal = ReasoningSeal.Read(content);
        if (seal.IsText)
        {
            using var text = new PooledWriter(256);
            text.Append("\""u8);
            AppendTexts(item, text);
            text.Append("\""u8);
            Start(chat, "reasoning.text"u8);
            chat.WritePropertyName("text"u8);
            chat.WriteRawValue(text.Written.Span, skipInputValidation: true);
            WriteQuoted(chat, "signature"u8, content[seal.Data]);
            WriteQuoted(chat, "format"u8, content[seal.Format]);
            End(chat, index++);
            return;
        }

        WriteEntries(item, ref index, chat);
        Start(chat, "reasoning.encrypted"u8);
        WriteQuoted(chat, "data"u8, content[seal.Data]);
        if (seal.IsPlain)
        {
            if (item.TryGetProperty("id"u8, out var id) && id.ValueKind == JsonValueKind.String)
                ResponsesRequestReader.Copy(chat, "id", id);
            chat.WriteString("format"u8, ReasoningSeal.OwnFormat);
        }
        else
        {
            if (seal.Id.Start.Value < seal.Id.End.Value)
                WriteQuoted(chat, "id"u8, content[seal.Id]);
            WriteQuoted(chat, "format"u8, content[seal.Format]);
        }

        End(chat, index++);
    }

    private static void WriteOpen(JsonElement item, ref int index, Utf8JsonWriter chat, PooledWriter open)
    {
        WriteEntries(item, ref index, chat);
        if (open.Length == 0)
            open.Append("\""u8);
        AppendTexts(item, open);
        if (open.Length == 1)
            open.Clear();
    }

    /// <summary>One entry for each text of the summary, or where there is none, of the thinking itself.</summary>
    private static void WriteEntries(JsonElement item, ref int index, Utf8JsonWriter chat)
    {
        var isSummary = HasTexts(item, "summary"u8);
        if (!isSummary && !HasTexts(item, "content"u8))
            return;
        item.TryGetProperty(isSummary ? "summary"u8 : "content"u8, out var texts);
        foreach (var entry in texts.EnumerateArray())
        {
            if (!TryText(entry, out var text))
                continue;
            Start(chat, isSummary ? "reasoning.summary"u8 : "reasoning.text"u8);
            ResponsesRequestReader.Copy(chat, isSummary ? "summary" : "text", text);
            End(chat, index++);
        }
    }

    private static void AppendTexts(JsonElement item, PooledWriter output)
    {
        // The thinking itself says more than its summary.
        if (!item.TryGetProperty(HasTexts(item, "content"u8) ? "content"u8 : "summary"u8, out var texts) || texts.ValueKind != JsonValueKind.Array)
            return;
        foreach (var entry in texts.EnumerateArray())
        {
            if (TryText(entry, out var text))
                output.Append(Inside(text));
        }
    }

    private static bool HasTexts(JsonElement item, ReadOnlySpan<byte> name)
    {
        if (!item.TryGetProperty(name, out var texts) || texts.ValueKind != JsonValueKind.Array)
            return false;
        foreach (var entry in texts.EnumerateArray())
        {
            if (TryText(entry, out _))
                return true;
        }

        return false;
    }

    private static bool TryText(JsonElement entry, out JsonElement text)
    {
        text = default;
        return entry.ValueKind == JsonValueKind.Object && entry.TryGetProperty("text"u8, out text) && text.ValueKind == JsonValueKind.String;
    }

    private static void Start(Utf8JsonWriter chat, ReadOnlySpan<byte> type)
    {
        chat.WriteStartObject();
        chat.WriteString("type"u8, type);
    }

    private static void End(Utf8JsonWriter chat, int index)
    {
        chat.WriteNumber("index"u8, index);
        chat.WriteEndObject();
    }

    /// <summary>A text whose escapes are kept.</summary>
    private static void WriteQuoted(Utf8JsonWriter chat, ReadOnlySpan<byte> name, ReadOnlySpan<byte> inside)
    {
        using var quoted = new PooledWriter(inside.Length + 2);
        quoted.Append("\""u8);
        quoted.Append(inside);
        quoted.Append("\""u8);
        chat.WritePropertyName(name);
        chat.WriteRawValue(quoted.Written.Span, skipInputValidation: true);
    }

    private static ReadOnlySpan<byte> Inside(JsonElement text) => JsonMarshal.GetRawUtf8Value(text)[1..^1];
}
