using System.Text.Json;
using ServerlessRouter.Errors;

namespace ServerlessRouter.Doors.Responses;

/// <summary>
/// Writes the input as chat messages. 1 the instructions, 2 the items, of which neighbours of the assistant are one message, 3 what was called, each result right behind its call wherever it
/// stood, as vendors of chat completions want it.
/// </summary>
internal sealed class InputMessages
{
    private readonly JsonElement[] _items;
    private readonly ChatTools _tools;
    private readonly Utf8JsonWriter _chat;
    private readonly CallResults _results;
    private readonly AssistantMessage _assistant = new();

    private InputMessages(JsonElement[] items, ChatTools tools, Utf8JsonWriter chat)
    {
        (_items, _tools, _chat) = (items, tools, chat);
        _results = new CallResults(items);
    }

    /// <summary>Writes <c>messages</c>, and adds to <paramref name="tools"/> what items bring.</summary>
    public static RouterError? Write(Dictionary<string, JsonElement> members, ChatTools tools, Utf8JsonWriter chat)
    {
        var input = ResponsesRequestReader.Of(members, "input");
        if (input.ValueKind is not (JsonValueKind.String or JsonValueKind.Array))
            return ResponsesFaults.WrongType("input", "a text or a list of items");
        chat.WriteStartArray("messages"u8);
        if (WriteInstructions(ResponsesRequestReader.Of(members, "instructions"), chat) is { } bad)
            return bad;
        if (input.ValueKind == JsonValueKind.String)
            WriteText(chat, "user"u8, input);
        else if (new InputMessages([.. input.EnumerateArray()], tools, chat).WriteItems() is { } wrong)
            return wrong;
        chat.WriteEndArray();
        return null;
    }

    /// <summary>They are the system's, which every vendor knows. A response's <c>instructions</c> may be a list of items, too.</summary>
    private static RouterError? WriteInstructions(JsonElement instructions, Utf8JsonWriter chat)
    {
        switch (instructions.ValueKind)
        {
            case JsonValueKind.Undefined or JsonValueKind.Null:
                return null;
            case JsonValueKind.String:
                if (!instructions.ValueEquals(""u8))
                    WriteText(chat, "system"u8, instructions);
                return null;
            default:
                return ResponsesFaults.WrongType("instructions", "a string");
        }
    }

    private static void WriteText(Utf8JsonWriter chat, ReadOnlySpan<byte> role, JsonElement text)
    {
        chat.WriteStartObject();
        chat.WriteString("role"u8, role);
        ResponsesRequestReader.Copy(chat, "content", text);
        chat.WriteEndObject();
    }

    private RouterError? WriteItems()
    {
        for (var place = 0; place < _items.Length; place++)
        {
            if (WriteItem(place) is { } wrong)
                return wrong;
        }

        return EndAssistant();
    }

    private RouterError? WriteItem(int place)
    {
        var item = _items[place];
        if (item.ValueKind == JsonValueKind.String)
            return WriteUserText(item);
        if (item.ValueKind != JsonValueKind.Object)
            return ResponsesFaults.WrongType($"input[{place}]", "an item, which is an object");
        switch (InputItems.KindOf(item))
        {
            case InputItemKind.Message:
                return WriteMessage(item, place);
            case InputItemKind.Call:
                return _assistant.AddCall(item, place, isCustom: false);
            case InputItemKind.CustomCall:
                return _assistant.AddCall(item, place, isCustom: true);
            case InputItemKind.CallResult:
                return WriteResult(place);
            case InputItemKind.Reasoning:
                _assistant.AddReasoning(item);
                return null;
            case InputItemKind.MoreTools:
                return item.TryGetProperty("tools"u8, out var more) ? _tools.Add(more, $"input[{place}].tools") : null;
            case InputItemKind.Passing or InputItemKind.Foreign:
                return null;
            case InputItemKind.Reference:
                return ResponsesFaults.NotFound("'item_reference' names an item of an answer that is not kept here: send the item itself.", $"input[{place}].id");
            default:
                return ResponsesFaults.Missing($"input[{place}].type", "say what the item is, as message or function_call_output");
        }
    }

    private RouterError? WriteMessage(JsonElement item, int place)
    {
        if (!item.TryGetProperty("role"u8, out var role) || role.ValueKind != JsonValueKind.String)
            return ResponsesFaults.Missing($"input[{place}].role", "say who speaks: user, assistant, system or developer");
        if (!item.TryGetProperty("content"u8, out var content))
            return ResponsesFaults.Missing($"input[{place}].content", "send a text or a list of parts");
        if (content.ValueKind is not (JsonValueKind.String or JsonValueKind.Array) && !(content.ValueKind == JsonValueKind.Null && role.ValueEquals("assistant"u8)))
            return ResponsesFaults.WrongType($"input[{place}].content", "a string or an array of parts");
        if (role.ValueEquals("assistant"u8))
        {
            _assistant.AddContent(content, place);
            return null;
        }

        if (EndAssistant() is { } wrong)
            return wrong;
        _chat.WriteStartObject();
        ResponsesRequestReader.Copy(_chat, "role", role);
        _chat.WritePropertyName("content"u8);
        if (ChatContentParts.Write(content, $"input[{place}].content", _chat) is { } bad)
            return bad;
        foreach (var member in item.EnumerateObject())
        {
            if (!IsRead(member))
                ResponsesRequestReader.Copy(_chat, member);
        }

        _chat.WriteEndObject();
        return null;
    }

    private static bool IsRead(JsonProperty member) =>
        member.NameEquals("role"u8) || member.NameEquals("content"u8) || member.NameEquals("type"u8) || member.NameEquals("id"u8) || member.NameEquals("status"u8) || member.NameEquals("phase"u8);

    /// <summary>Writes a result whose call is not in the input; the others were written with their calls.</summary>
    private RouterError? WriteResult(int place)
    {
        if (!_items[place].TryGetProperty("call_id"u8, out var id) || id.ValueKind != JsonValueKind.String)
            return ResponsesFaults.Missing($"input[{place}].call_id", "name the call that it answers");
        if (EndAssistant() is { } wrong)
            return wrong;
        return _results.Take(place) ? WriteResultMessage(place, id) : null;
    }

    private RouterError? WriteResultMessage(int place, JsonElement id)
    {
        _chat.WriteStartObject();
        _chat.WriteString("role"u8, "tool"u8);
        ResponsesRequestReader.Copy(_chat, "tool_call_id", id);
        _chat.WritePropertyName("content"u8);
        if (!_items[place].TryGetProperty("output"u8, out var output))
            return ResponsesFaults.Missing($"input[{place}].output", "send what the tool answered, as a text or a list of parts");
        if (output.ValueKind is not (JsonValueKind.String or JsonValueKind.Array))
            return ResponsesFaults.WrongType($"input[{place}].output", "a string or an array of parts");
        if (ChatContentParts.Write(output, $"input[{place}].output", _chat) is { } bad)
            return bad;
        _chat.WriteEndObject();
        return null;
    }

    private RouterError? WriteUserText(JsonElement text)
    {
        if (EndAssistant() is { } wrong)
            return wrong;
        WriteText(_chat, "user"u8, text);
        return null;
    }

    /// <summary>Writes what the assistant said and called, and what came of the calls.</summary>
    private RouterError? EndAssistant()
    {
        if (_assistant.Write(_chat) is { } wrong)
            return wrong;
        foreach (var (id, place) in _assistant.TakeCalls())
        {
            if (_results.TakeOf(id, place) is { } result && WriteResultMessage(result, _items[result].GetProperty("call_id"u8)) is { } bad)
                return bad;
        }

        return null;
    }
}
