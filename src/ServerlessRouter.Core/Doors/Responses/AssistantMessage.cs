using System.Runtime.InteropServices;
using System.Text.Json;
using ServerlessRouter.Errors;

namespace ServerlessRouter.Doors.Responses;

/// <summary>Gathers what the assistant thought, said and called one after the other, which is one message in a chat request.</summary>
internal sealed class AssistantMessage
{
    private readonly List<JsonElement> _reasoning = [];
    private readonly List<(JsonElement Content, int Place)> _contents = [];
    private readonly List<(JsonElement Call, int Place, bool IsCustom)> _calls = [];
    private readonly List<(string Id, int Place)> _written = [];

    public void AddReasoning(JsonElement item)
    {
        if (ReasoningItems.HasAny(item))
            _reasoning.Add(item);
    }

    public void AddContent(JsonElement content, int place) => _contents.Add((content, place));

    public RouterError? AddCall(JsonElement call, int place, bool isCustom)
    {
        if (!IsText(call, "call_id"u8))
            return ResponsesFaults.Missing($"input[{place}].call_id", "send the id that the model gave the call");
        if (!IsText(call, "name"u8))
            return ResponsesFaults.Missing($"input[{place}].name", "send the name of the tool that was called");
        if (isCustom && !IsText(call, "input"u8))
            return ResponsesFaults.Missing($"input[{place}].input", "send what the tool was called with, as a text");
        if (!isCustom && call.TryGetProperty("arguments"u8, out var arguments) && arguments.ValueKind is not (JsonValueKind.String or JsonValueKind.Object or JsonValueKind.Null))
            return ResponsesFaults.WrongType($"input[{place}].arguments", "a string of JSON");
        _calls.Add((call, place, isCustom));
        return null;
    }

    /// <summary>Writes the message, where anything was said or called; thoughts that nothing came of are left out, since vendors refuse a message of them alone.</summary>
    public RouterError? Write(Utf8JsonWriter chat)
    {
        RouterError? wrong = null;
        if (_contents.Count > 0 || _calls.Count > 0)
            wrong = WriteWhole(chat);
        _reasoning.Clear();
        _contents.Clear();
        return wrong;
    }

    /// <summary>The calls that were written last, each once.</summary>
    public IReadOnlyList<(string Id, int Place)> TakeCalls()
    {
        if (_calls.Count == 0)
            return [];
        _written.Clear();
        foreach (var (call, place, _) in _calls)
            _written.Add((call.GetProperty("call_id"u8).GetString()!, place));
        _calls.Clear();
        return _written;
    }

    private RouterError? WriteWhole(Utf8JsonWriter chat)
    {
        chat.WriteStartObject();
        chat.WriteString("role"u8, "assistant"u8);
        if (WriteContent(chat) is { } wrong)
            return wrong;
        ReasoningItems.Write(_reasoning, chat);
        if (_calls.Count > 0)
        {
            chat.WriteStartArray("tool_calls"u8);
            foreach (var (call, _, isCustom) in _calls)
                WriteCall(chat, call, isCustom);
            chat.WriteEndArray();
        }

        chat.WriteEndObject();
        return null;
    }

    private RouterError? WriteContent(Utf8JsonWriter chat)
    {
        chat.WritePropertyName("content"u8);
        switch (_contents.Count)
        {
            case 0:
                chat.WriteNullValue();
                return null;
            case 1:
                return ChatContentParts.Write(_contents[0].Content, $"input[{_contents[0].Place}].content", chat);
        }

        chat.WriteStartArray();
        foreach (var (content, place) in _contents)
        {
            if (ChatContentParts.WriteInto(content, $"input[{place}].content", chat) is { } wrong)
                return wrong;
        }

        chat.WriteEndArray();
        return null;
    }

    private static void WriteCall(Utf8JsonWriter chat, JsonElement call, bool isCustom)
    {
        chat.WriteStartObject();
        ResponsesRequestReader.Copy(chat, "id", call.GetProperty("call_id"u8));
        chat.WriteString("type"u8, isCustom ? "custom"u8 : "function"u8);
        chat.WriteStartObject(isCustom ? "custom"u8 : "function"u8);
        if (IsText(call, "namespace"u8))
            chat.WriteString("name"u8, ChatTools.FlatName(call.GetProperty("namespace"u8).GetString()!, call.GetProperty("name"u8).GetString()!));
        else
            ResponsesRequestReader.Copy(chat, "name", call.GetProperty("name"u8));
        if (isCustom)
            ResponsesRequestReader.Copy(chat, "input", call.GetProperty("input"u8));
        else
            WriteArguments(chat, call);
        chat.WriteEndObject();
        chat.WriteEndObject();
    }

    /// <summary>Some clients send the arguments as the object that they are a text of.</summary>
    private static void WriteArguments(Utf8JsonWriter chat, JsonElement call)
    {
        if (!call.TryGetProperty("arguments"u8, out var arguments) || arguments.ValueKind == JsonValueKind.Null)
            chat.WriteString("arguments"u8, "{}"u8);
        else if (arguments.ValueKind == JsonValueKind.String)
            ResponsesRequestReader.Copy(chat, "arguments", arguments);
        else
            chat.WriteString("arguments"u8, JsonMarshal.GetRawUtf8Value(arguments));
    }

    private static bool IsText(JsonElement item, ReadOnlySpan<byte> name) => item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String;
}
