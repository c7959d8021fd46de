using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;
using ServerlessRouter.Domain;
using ServerlessRouter.Json;

namespace ServerlessRouter.Chat;

/// <summary>Finds the texts of a whole answer in the schema it is written in. A choice that calls tools, refuses, or says more than one text has none.</summary>
internal static class AnswerTexts
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = ChatRequestScanner.MaxDepth };

    public static List<AnswerTextPlace> Of(ReadOnlyMemory<byte> answer, WireSchema schema)
    {
        var found = new List<AnswerTextPlace>(1);
        try
        {
            using var document = JsonDocument.Parse(answer, Options);
            switch (schema)
            {
                case WireSchema.Chat:
                    AddChoices(document.RootElement, answer.Span, found);
                    break;
                case WireSchema.Messages:
                    AddMessage(document.RootElement, answer.Span, found);
                    break;
                case WireSchema.Responses:
                    AddResponse(document.RootElement, answer.Span, found);
                    break;
            }
        }
        catch (JsonException)
        {
            // Providers let through only what is JSON; of anything else nothing is known.
        }

        return found;
    }

    /// <summary>The text without its quotes and escapes.</summary>
    public static ReadOnlyMemory<byte> Decode(ReadOnlySpan<byte> answer, JsonRange range)
    {
        var raw = range.In(answer)[1..^1];
        var text = new ArrayBufferWriter<byte>(Math.Max(1, raw.Length));
        text.Advance(JsonText.Unescape(raw, text.GetSpan(raw.Length)));
        return text.WrittenMemory;
    }

    /// <summary>Where a string of a document that was parsed from these bytes stands in them.</summary>
    public static JsonRange RangeOf(ReadOnlySpan<byte> bytes, JsonElement text)
    {
        var raw = JsonMarshal.GetRawUtf8Value(text);
        return bytes.Overlaps(raw, out var start) ? new JsonRange(start, raw.Length) : default;
    }

    private static void AddChoices(JsonElement answer, ReadOnlySpan<byte> bytes, List<AnswerTextPlace> found)
    {
        foreach (var choice in ElementJson.Items(answer, "choices"u8))
        {
            var message = ElementJson.Member(choice, "message"u8);
            var content = ElementJson.Member(message, "content"u8);
            if (content.ValueKind == JsonValueKind.String && !HasItems(message, "tool_calls"u8) && ElementJson.Text(message, "refusal"u8) is null or "")
                found.Add(new AnswerTextPlace(RangeOf(bytes, content), EndOf(ElementJson.Text(choice, "finish_reason"u8))));
        }
    }

    private static void AddMessage(JsonElement answer, ReadOnlySpan<byte> bytes, List<AnswerTextPlace> found)
    {
        JsonElement only = default;
        foreach (var block in ElementJson.Items(answer, "content"u8))
        {
            if (ElementJson.Is(block, "type"u8, "tool_use"u8) || (ElementJson.Is(block, "type"u8, "text"u8) && only.ValueKind != JsonValueKind.Undefined))
                return;
            if (ElementJson.Is(block, "type"u8, "text"u8))
                only = ElementJson.Member(block, "text"u8);
        }

        if (only.ValueKind == JsonValueKind.String)
            found.Add(new AnswerTextPlace(RangeOf(bytes, only), EndOf(ElementJson.Text(answer, "stop_reason"u8))));
    }

    private static void AddResponse(JsonElement answer, ReadOnlySpan<byte> bytes, List<AnswerTextPlace> found)
    {
        JsonElement only = default;
        foreach (var item in ElementJson.Items(answer, "output"u8))
        {
            if (ElementJson.Is(item, "type"u8, "function_call"u8) || ElementJson.Is(item, "type"u8, "custom_tool_call"u8))
                return;
            foreach (var part in ElementJson.Items(item, "content"u8))
            {
                if (ElementJson.Is(part, "type"u8, "refusal"u8) || (ElementJson.Is(part, "type"u8, "output_text"u8) && only.ValueKind != JsonValueKind.Undefined))
                    return;
                if (ElementJson.Is(part, "type"u8, "output_text"u8))
                    only = ElementJson.Member(part, "text"u8);
            }
        }

        if (only.ValueKind == JsonValueKind.String)
            found.Add(new AnswerTextPlace(RangeOf(bytes, only), EndOfResponse(answer)));
    }

    private static AnswerEnd EndOfResponse(JsonElement answer)
    {
        if (!ElementJson.Is(answer, "status"u8, "incomplete"u8))
            return AnswerEnd.Whole;
        return ElementJson.Is(ElementJson.Member(answer, "incomplete_details"u8), "reason"u8, "max_output_tokens"u8) ? AnswerEnd.CutAtLength : AnswerEnd.CutOtherwise;
    }

    /// <summary>By the reason that chat completions or Anthropic's messages give.</summary>
    public static AnswerEnd EndOf(string? reason) => reason switch
    {
        null or "" or "stop" or "end_turn" or "stop_sequence" or "eos" => AnswerEnd.Whole,
        "length" or "max_tokens" or "model_context_window_exceeded" or "model_length" => AnswerEnd.CutAtLength,
        _ => AnswerEnd.CutOtherwise,
    };

    private static bool HasItems(JsonElement parent, ReadOnlySpan<byte> name) => ElementJson.Member(parent, name) is { ValueKind: JsonValueKind.Array } list && list.GetArrayLength() > 0;
}

/// <summary>The one text of a choice, where it stands in a whole answer.</summary>
/// <param name="Range">The JSON string with its quotes.</param>
/// <param name="End">How the choice ended.</param>
internal readonly record struct AnswerTextPlace(JsonRange Range, AnswerEnd End);
