using System.Text.Json;
using ServerlessRouter.Json;

namespace ServerlessRouter.Doors.Messages;

/// <summary>Writes the calls of a whole answer as <c>tool_use</c> blocks.</summary>
internal sealed class AnswerCallsWriter(Utf8JsonWriter writer, DoorTerms terms)
{
    private readonly WholeToolNames _names = new(terms.Body);

    /// <summary>Answers whether there are any.</summary>
    public bool Write(JsonElement message)
    {
        var hasCalls = false;
        if (ElementJson.Member(message, "tool_calls"u8) is { ValueKind: JsonValueKind.Array } calls)
        {
            foreach (var call in calls.EnumerateArray())
            {
                hasCalls = true;
                WriteCall(call);
            }
        }

        if (hasCalls || ElementJson.Member(message, "function_call"u8) is not { ValueKind: JsonValueKind.Object } old)
            return hasCalls;
        WriteBlock($"call_{MessagesVocabulary.Legal(terms.RequestId)}", old, ElementJson.Member(old, "arguments"u8), default);
        return true;
    }

    private void WriteCall(JsonElement call)
    {
        var id = MessagesVocabulary.Legal(ElementJson.Text(call, "id"u8) ?? "");
        if (ElementJson.Member(call, "custom"u8) is { ValueKind: JsonValueKind.Object } custom)
            WriteBlock(id, custom, ElementJson.Member(custom, "input"u8), default);
        else
            WriteBlock(id, ElementJson.Member(call, "function"u8), ElementJson.Member(ElementJson.Member(call, "function"u8), "arguments"u8), ElementJson.Member(call, "provider_specific_fields"u8));
        var extra = ElementJson.Member(call, "extra_content"u8);
        if (!ElementJson.IsSent(extra))
            return;
        writer.WriteStartObject();
        writer.WriteString("type"u8, "redacted_thinking"u8);
        writer.WriteString("data"u8, ThinkingSeal.Data(id, ElementJson.Raw(extra)));
        writer.WriteEndObject();
    }

    private void WriteBlock(string id, JsonElement function, JsonElement arguments, JsonElement others)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "tool_use"u8);
        writer.WriteString("id"u8, id);
        writer.WriteString("name"u8, _names.Of(ElementJson.Text(function, "name"u8) ?? ""));
        writer.WritePropertyName("input"u8);
        WriteInput(arguments);
        if (others.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in others.EnumerateObject())
            {
                writer.WritePropertyName(member.Name);
                writer.WriteRawValue(ElementJson.Raw(member.Value), skipInputValidation: true);
            }
        }

        writer.WriteEndObject();
    }

    /// <summary>Anthropic's input is an object. Arguments that are none stand in one, under their name: the model that wrote them reads them again.</summary>
    private void WriteInput(JsonElement arguments)
    {
        if (arguments.ValueKind == JsonValueKind.Object)
        {
            writer.WriteRawValue(ElementJson.Raw(arguments), skipInputValidation: true);
            return;
        }

        var text = arguments.ValueKind == JsonValueKind.String ? ElementJson.String(arguments) : "";
        if (string.IsNullOrWhiteSpace(text) || text.Trim() == "null")
        {
            writer.WriteStartObject();
            writer.WriteEndObject();
            return;
        }

        if (TryWriteParsed(text))
            return;
        writer.WriteStartObject();
        writer.WriteString("arguments"u8, text);
        writer.WriteEndObject();
    }

    private bool TryWriteParsed(string text)
    {
        try
        {
            using var parsed = JsonDocument.Parse(text, MessagesDoor.ParseOptions);
            // Some models encode the arguments twice.
            if (parsed.RootElement.ValueKind == JsonValueKind.String)
                return ElementJson.String(parsed.RootElement) is var inner && inner.StartsWith('{') && TryWriteParsed(inner);
            if (parsed.RootElement.ValueKind != JsonValueKind.Object)
                return false;
            writer.WriteRawValue(ElementJson.Raw(parsed.RootElement), skipInputValidation: true);
            return true;
        }
        catch (JsonException)
        {
            // A model wrote it.
            return false;
        }
    }
}

/// <summary>Gives tools the whole names back that <see cref="ShortToolNames"/> cut; looks into the request only where an answer has a name that may be one.</summary>
internal sealed class WholeToolNames(ReadOnlyMemory<byte> request)
{
    private Dictionary<string, string>? _cut;
    private bool _isRead;

    public string Of(string name)
    {
        if (name.Length != ShortToolNames.MaxLength)
            return name;
        if (!_isRead)
            (_cut, _isRead) = (ShortToolNames.In(request), true);
        return _cut?.GetValueOrDefault(name) ?? name;
    }
}
