using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using ServerlessRouter.Chat;
using ServerlessRouter.Errors;
using ServerlessRouter.Json;

namespace ServerlessRouter.Doors.Responses;

/// <summary>
/// Writes a request for a response as a chat request. 1 the members, each once, 2 those that are spelt otherwise, 3 the tools, 4 the messages; every other member passes as it is, also the
/// router's own.
/// </summary>
internal static class ResponsesRequestReader
{
    /// <summary>A chat request nests its parts and tools deeper by this.</summary>
    private const int AddedDepth = 4;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = ChatRequestScanner.MaxDepth - AddedDepth };

    /// <summary>What a chat request has no word for and does not need: how the answer is kept and shown.</summary>
    private static readonly HashSet<string> Untranslated =
        ["background", "context_management", "conversation", "include", "max_tool_calls", "moderation", "previous_response_id", "prompt", "store", "stream_options", "truncation"];

    /// <summary>Written from other members, or not at all.</summary>
    private static readonly HashSet<string> Translated = ["input", "instructions", "max_output_tokens", "messages", "reasoning", "text", "tool_choice", "parallel_tool_calls", "tools", "top_logprobs"];

    public static RouterError? Read(ReadOnlyMemory<byte> body, IBufferWriter<byte> chat)
    {
        if (!Utf8.IsValid(body.Span))
            return RouterError.InvalidRequest("The body is not valid UTF-8.");
        try
        {
            using var document = JsonDocument.Parse(body, Options);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                return RouterError.InvalidRequest("The body must be a JSON object.");
            using var writer = new Utf8JsonWriter(chat, ResponsesDoor.WriterOptions);
            return Write(document.RootElement, writer);
        }
        catch (JsonException)
        {
            return RouterError.InvalidRequest($"The body is not valid JSON: {JsonFault.Explain(body.Span, new JsonReaderOptions { MaxDepth = Options.MaxDepth })}");
        }
        catch (InvalidOperationException)
        {
            // The document's way to say that an escape in a string it was asked to decode is half of a pair.
            return RouterError.InvalidRequest("The body holds a \\u escape that is no character.");
        }
    }

    private static RouterError? Write(JsonElement body, Utf8JsonWriter chat)
    {
        if (Members(body, out var members) is { } twice)
            return twice;
        if (Refuse(members) is { } refused)
            return refused;

        chat.WriteStartObject();
        foreach (var (name, value) in members)
        {
            if (!Untranslated.Contains(name) && !Translated.Contains(name))
                Copy(chat, name, value);
        }

        if (WriteRespelt(members, chat) is { } misspelt)
            return misspelt;
        var tools = new ChatTools();
        if (tools.Add(Of(members, "tools"), "tools") is { } badTools)
            return badTools;
        if (InputMessages.Write(members, tools, chat) is { } badInput)
            return badInput;
        if (tools.Write(Of(members, "tool_choice"), Of(members, "parallel_tool_calls"), chat) is { } badChoice)
            return badChoice;
        chat.WriteEndObject();
        return null;
    }

    private static RouterError? Members(JsonElement body, out Dictionary<string, JsonElement> members)
    {
        members = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var member in body.EnumerateObject())
        {
            var raw = JsonMarshal.GetRawUtf8PropertyName(member);
            var name = raw.Contains((byte)'\\') ? member.Name : Encoding.UTF8.GetString(raw);
            if (!members.TryAdd(name, member.Value))
                return ResponsesFaults.Twice(Shown(name));
        }

        return null;
    }

    private static RouterError? Refuse(Dictionary<string, JsonElement> members)
    {
        if (Of(members, "previous_response_id").ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null))
        {
            return ResponsesFaults.NotFound(
                "'previous_response_id' needs answers that are kept, and none are here: send the whole conversation in 'input', or let the router keep answers "
                + "(storage, and 'storeResponses' of the tier).", "previous_response_id");
        }

        if (Of(members, "conversation").ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null))
            return ResponsesFaults.Unsupported("'conversation' is not kept here: send the conversation in 'input', or 'previous_response_id'.", "conversation");
        if (Of(members, "prompt").ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null))
            return ResponsesFaults.Unsupported("'prompt' names a template of OpenAI's, which the router does not have: send its text in 'instructions' and 'input'.", "prompt");
        if (Of(members, "input").ValueKind is JsonValueKind.Undefined or JsonValueKind.Null)
        {
            return RouterError.InvalidRequest(
                members.ContainsKey("messages") ? "'input' is missing: what chat completions call 'messages' is 'input' here." : "'input' is missing: send a text or a list of items.", "input");
        }

        return null;
    }

    private static RouterError? WriteRespelt(Dictionary<string, JsonElement> members, Utf8JsonWriter chat)
    {
        if (Of(members, "max_output_tokens") is { ValueKind: not (JsonValueKind.Undefined or JsonValueKind.Null) } most && !members.ContainsKey("max_completion_tokens"))
            Copy(chat, "max_completion_tokens", most);
        if (WriteReasoning(members, chat) is { } badReasoning)
            return badReasoning;
        if (WriteText(members, chat) is { } badText)
            return badText;
        if (WriteLogprobs(members, chat) is { } badInclude)
            return badInclude;
        if (Of(members, "stream").ValueKind != JsonValueKind.True)
            return null;
        chat.WriteStartObject("stream_options"u8);
        chat.WriteBoolean("include_usage"u8, true);
        chat.WriteEndObject();
        return null;
    }

    /// <summary>The effort alone is OpenAI's; what OpenRouter's callers say besides goes up as theirs. A chat request has no word for how the thinking is summarised.</summary>
    private static RouterError? WriteReasoning(Dictionary<string, JsonElement> members, Utf8JsonWriter chat)
    {
        var reasoning = Of(members, "reasoning");
        if (reasoning.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null)
            return null;
        if (reasoning.ValueKind != JsonValueKind.Object)
            return ResponsesFaults.WrongType("reasoning", "an object with an 'effort'");
        var hasMore = false;
        foreach (var member in reasoning.EnumerateObject())
        {
            if (member.NameEquals("effort"u8))
            {
                if (member.Value.ValueKind is not (JsonValueKind.String or JsonValueKind.Null))
                    return ResponsesFaults.WrongType("reasoning.effort", "a string: none, minimal, low, medium, high or xhigh");
                if (member.Value.ValueKind == JsonValueKind.String && !members.ContainsKey("reasoning_effort"))
                    Copy(chat, "reasoning_effort", member.Value);
            }
            else
            {
                hasMore |= IsOpenRouters(member);
            }
        }

        if (!hasMore)
            return null;
        chat.WriteStartObject("reasoning"u8);
        foreach (var member in reasoning.EnumerateObject())
        {
            if (IsOpenRouters(member))
                Copy(chat, member);
        }

        chat.WriteEndObject();
        return null;
    }

    private static bool IsOpenRouters(JsonProperty member) => member.NameEquals("max_tokens"u8) || member.NameEquals("enabled"u8) || member.NameEquals("exclude"u8);

    private static RouterError? WriteText(Dictionary<string, JsonElement> members, Utf8JsonWriter chat)
    {
        var text = Of(members, "text");
        if (text.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null)
            return null;
        if (text.ValueKind != JsonValueKind.Object)
            return ResponsesFaults.WrongType("text", "an object with a 'format'");
        if (text.TryGetProperty("verbosity"u8, out var verbosity) && verbosity.ValueKind != JsonValueKind.Null && !members.ContainsKey("verbosity"))
            Copy(chat, "verbosity", verbosity);
        if (!text.TryGetProperty("format"u8, out var format) || format.ValueKind == JsonValueKind.Null || members.ContainsKey("response_format"))
            return null;
        return WriteFormat(format, chat);
    }

    private static RouterError? WriteFormat(JsonElement format, Utf8JsonWriter chat)
    {
        if (format.ValueKind != JsonValueKind.Object || !format.TryGetProperty("type"u8, out var type) || type.ValueKind != JsonValueKind.String)
            return ResponsesFaults.WrongType("text.format", "an object with a 'type': text, json_object or json_schema");
        if (type.ValueEquals("text"u8))
            return null;
        chat.WriteStartObject("response_format"u8);
        Copy(chat, "type", type);
        if (type.ValueEquals("json_schema"u8) && !format.TryGetProperty("json_schema"u8, out _))
        {
            if (!format.TryGetProperty("schema"u8, out _))
                return RouterError.InvalidRequest("'text.format.schema' is missing: send the JSON schema of the answer.", "text.format.schema");
            chat.WriteStartObject("json_schema"u8);
            foreach (var member in format.EnumerateObject())
            {
                if (!member.NameEquals("type"u8) && member.Value.ValueKind != JsonValueKind.Null)
                    Copy(chat, member);
            }

            chat.WriteEndObject();
        }
        else
        {
            foreach (var member in format.EnumerateObject())
            {
                if (!member.NameEquals("type"u8))
                    Copy(chat, member);
            }
        }

        chat.WriteEndObject();
        return null;
    }

    private static RouterError? WriteLogprobs(Dictionary<string, JsonElement> members, Utf8JsonWriter chat)
    {
        var top = Of(members, "top_logprobs");
        var hasTop = top.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null) && !(top.ValueKind == JsonValueKind.Number && top.TryGetInt32(out var count) && count == 0);
        var include = Of(members, "include");
        if (include.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null or JsonValueKind.Array))
            return ResponsesFaults.WrongType("include", "an array of strings");
        var isIncluded = include.ValueKind == JsonValueKind.Array
            && include.EnumerateArray().Any(static item => item.ValueKind == JsonValueKind.String && item.ValueEquals("message.output_text.logprobs"u8));
        if (hasTop)
            Copy(chat, "top_logprobs", top);
        if ((hasTop || isIncluded) && !members.ContainsKey("logprobs"))
            chat.WriteBoolean("logprobs"u8, true);
        return null;
    }

    internal static JsonElement Of(Dictionary<string, JsonElement> members, string name) => members.GetValueOrDefault(name);

    /// <summary>A value as it stands.</summary>
    internal static void Copy(Utf8JsonWriter chat, JsonElement value) => chat.WriteRawValue(JsonMarshal.GetRawUtf8Value(value), skipInputValidation: true);

    internal static void Copy(Utf8JsonWriter chat, string name, JsonElement value)
    {
        chat.WritePropertyName(name);
        Copy(chat, value);
    }

    /// <summary>A member as it stands; a name with escapes is decoded.</summary>
    internal static void Copy(Utf8JsonWriter chat, JsonProperty member)
    {
        var raw = JsonMarshal.GetRawUtf8PropertyName(member);
        if (raw.Contains((byte)'\\'))
            chat.WritePropertyName(member.Name);
        else
            chat.WritePropertyName(raw);
        Copy(chat, member.Value);
    }

    private static string Shown(string name) => name.Length <= 64 ? name : name[..64];
}
