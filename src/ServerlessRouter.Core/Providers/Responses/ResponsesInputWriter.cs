using System.Text.Json;
using ServerlessRouter.Providers.Translation;

namespace ServerlessRouter.Providers.Responses;

/// <summary>
/// Writes <c>messages</c> as <c>input</c>, in their order: each message is an item, and before an assistant's stand its reasoning, behind it its calls. The system prompt is an item too:
/// as <c>instructions</c> it would not count where the vendor looks for the word JSON.
/// </summary>
internal sealed class ResponsesInputWriter(Utf8JsonWriter writer, bool takesReasoning, string? origin, TranslationNotes notes)
{
    private readonly ResponsesContentWriter _content = new(writer, notes);
    private readonly ResponsesCalls _calls = new();

    public void Write(JsonElement messages)
    {
        if (messages.ValueKind != JsonValueKind.Array)
        {
            notes.Refuse("messages", "'messages' is not an array.");
            return;
        }

        _calls.CountResults(messages);
        writer.WriteStartArray("input");
        var number = 0;
        foreach (var message in messages.EnumerateArray())
            WriteMessage(message, new MessagePlace(number++));
        WriteMissingResults();
        writer.WriteEndArray();
    }

    private void WriteMessage(JsonElement message, MessagePlace place)
    {
        var role = LooseJson.Text(message, "role");
        switch (role)
        {
            case "system" or "developer" or "user":
                WriteMissingResults();
                StartMessage(role);
                _content.Write(LooseJson.Member(message, "content"), place);
                writer.WriteEndObject();
                break;
            case "assistant":
                WriteMissingResults();
                WriteAssistant(message, place);
                break;
            case "tool" or "function":
                WriteResult(message, place);
                break;
            default:
                notes.Refuse($"{place}.role", $"'{place}.role' is '{role}'; it must be system, developer, user, assistant or tool.");
                break;
        }

        if (notes.IsRead && role is not ("tool" or "function") && LooseJson.Member(message, "name") is { ValueKind: JsonValueKind.String } name)
            notes.Drop($"{place}.name", name);
    }

    private void WriteAssistant(JsonElement message, MessagePlace place)
    {
        var said = AssistantText.Read(message, place, notes);
        var calls = CallsOf(message);
        WriteReasoning(message, isFollowed: !said.IsEmpty || calls.Count > 0);
        if (!said.IsEmpty)
        {
            StartMessage("assistant");
            if ((LooseJson.Text(message, "phase") ?? LooseJson.Text(LooseJson.Member(message, ResponsesAnswerWriter.Others), "phase")) is { } phase)
                writer.WriteString("phase", phase);
            said.Write(writer);
            writer.WriteEndObject();
        }

        for (var number = 0; number < calls.Count; number++)
            WriteCall(calls[number], $"{place}.tool_calls[{number}]");
    }

    /// <summary>Reasoning with nothing behind it is refused, so it is left out then.</summary>
    private void WriteReasoning(JsonElement message, bool isFollowed)
    {
        var items = ReasoningItem.Read(message, origin, out var isWhole);
        if (!takesReasoning || !isFollowed)
        {
            if (items.Count > 0 || !isWhole)
                notes.Strip("reasoning");
            return;
        }

        if (!isWhole)
            notes.Strip("reasoning");
        foreach (var item in items)
            item.Write(writer);
    }

    /// <summary><c>tool_calls</c>, and the old <c>function_call</c>.</summary>
    private static List<JsonElement> CallsOf(JsonElement message)
    {
        var calls = new List<JsonElement>();
        if (LooseJson.Member(message, "tool_calls") is { ValueKind: JsonValueKind.Array } list)
            calls.AddRange(list.EnumerateArray().Where(static call => call.ValueKind == JsonValueKind.Object));
        if (LooseJson.Member(message, "function_call") is { ValueKind: JsonValueKind.Object } old)
            calls.Add(old);
        return calls;
    }

    private void WriteCall(JsonElement call, string param)
    {
        var custom = LooseJson.Member(call, "custom");
        var isCustom = custom.ValueKind == JsonValueKind.Object;
        var function = isCustom ? custom : LooseJson.Member(call, "function") is { ValueKind: JsonValueKind.Object } inside ? inside : call;
        var name = LooseJson.Text(function, "name") ?? "";
        if (name.Length == 0)
            notes.Refuse($"{param}.function.name", $"'{param}.function.name' is missing.");
        writer.WriteStartObject();
        writer.WriteString("type", isCustom ? "custom_tool_call" : "function_call");
        writer.WriteString("call_id", _calls.Add(LooseJson.Text(call, "id"), name, isCustom));
        writer.WriteString("name", name);
        if (isCustom)
            writer.WriteString("input", LooseJson.Text(function, "input") ?? "");
        else
            writer.WriteString("arguments", ResponsesVocabulary.ArgumentsOf(LooseJson.Member(function, "arguments")) is { Length: > 0 } arguments ? arguments : ResponsesVocabulary.NoArguments);
        writer.WriteEndObject();
    }

    private void WriteResult(JsonElement message, MessagePlace place)
    {
        var id = LooseJson.Text(message, "role") == "function" ? null : LooseJson.Text(message, "tool_call_id");
        if (_calls.Answer(id, LooseJson.Text(message, "name")) is not { } call)
        {
            if (notes.IsRead)
                notes.Change(place.ToString(), "a result without a call", "text");
            StartMessage("user");
            _content.Write(LooseJson.Member(message, "content"), place, $"Result of the tool {LooseJson.Text(message, "name") ?? id ?? "call"}, whose call is not part of this conversation:");
            writer.WriteEndObject();
            return;
        }

        StartResult(call);
        _content.Write(LooseJson.Member(message, "content"), place, property: "output");
        writer.WriteEndObject();
    }

    /// <summary>The vendor refuses a call that no result answers.</summary>
    private void WriteMissingResults()
    {
        foreach (var call in _calls.TakeUnanswered())
        {
            const string NoResult = "(no result)";
            if (notes.IsRead)
                notes.Change("messages", null, $"a result for the call {call.Id}: {NoResult}");
            StartResult(call);
            writer.WriteString("output", NoResult);
            writer.WriteEndObject();
        }
    }

    private void StartMessage(string role)
    {
        writer.WriteStartObject();
        writer.WriteString("type", "message");
        writer.WriteString("role", role);
    }

    private void StartResult(ResponsesCall call)
    {
        writer.WriteStartObject();
        writer.WriteString("type", call.IsCustom ? "custom_tool_call_output" : "function_call_output");
        writer.WriteString("call_id", call.Id);
    }
}
