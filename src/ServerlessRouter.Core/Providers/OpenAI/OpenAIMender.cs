using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ServerlessRouter.Json;

namespace ServerlessRouter.Providers.OpenAI;

/// <summary>Rewrites an answer, or a chunk of one, that departs from OpenAI's schema in a way that trips clients; what does not is copied as it stands.</summary>
/// <remarks>The page <c>docs/answers.md</c> lists what is mended.</remarks>
internal sealed class OpenAIMender(PooledWriter output, PayloadForm form, ToolCallLedger? calls = null)
{
    private const int IdBytes = 12;

    private readonly ReadOnlyMemory<byte> _messageName = form == PayloadForm.Whole ? "message"u8.ToArray() : "delta"u8.ToArray();
    private string _answerId = "";

    /// <summary>Writes what <paramref name="json"/>, one object, says in the schema's own form.</summary>
    public void Write(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        var payload = document.RootElement;
        _answerId = payload.Text("id"u8);
        var hasChoices = false;
        output.Append("{"u8);
        foreach (var member in payload.EnumerateObject())
        {
            if (member.NameEquals("choices"u8))
            {
                hasChoices = true;
                WriteChoices(member.Value);
            }
            else if (member.NameEquals("object"u8))
            {
                output.AppendName("object"u8);
                output.Append(form == PayloadForm.Whole ? "\"chat.completion\""u8 : "\"chat.completion.chunk\""u8);
            }
            else if (!member.NameEquals("error"u8) && !(member.NameEquals("usage"u8) && (form == PayloadForm.Chunk || member.Value.ValueKind != JsonValueKind.Object)))
            {
                output.AppendMember(member);
            }
        }

        if (!hasChoices)
            WriteChoices(default);
        output.Append("}"u8);
    }

    private void WriteChoices(JsonElement choices)
    {
        output.AppendName("choices"u8);
        output.Append("["u8);
        if (choices.ValueKind == JsonValueKind.Array)
        {
            var place = 0;
            foreach (var choice in choices.EnumerateArray())
            {
                if (choice.ValueKind == JsonValueKind.Object)
                    WriteChoice(choice, choice.Number("index"u8) ?? place);
                place++;
            }
        }

        output.Append("]"u8);
    }

    private void WriteChoice(JsonElement choice, int index)
    {
        output.Separate();
        output.Append("{\"index\":"u8);
        output.Append(Encoding.UTF8.GetBytes(index.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        output.AppendName(_messageName.Span);
        var isCalling = WriteMessage(choice, index);
        foreach (var member in choice.EnumerateObject())
        {
            if (!member.NameEquals("index"u8) && !member.NameEquals("message"u8) && !member.NameEquals("delta"u8) && !member.NameEquals("text"u8)
                && !member.NameEquals("finish_reason"u8) && !member.NameEquals("error"u8) && !member.NameEquals("usage"u8))
            {
                output.AppendMember(member);
            }
        }

        output.AppendName("finish_reason"u8);
        if (choice.Has("finish_reason"u8, JsonValueKind.String, out var reason) && FinishReasons.IsReason(choice.Text("finish_reason"u8)))
            output.Append(JsonPieces.Raw(reason));
        else if (reason.ValueKind is JsonValueKind.Object or JsonValueKind.Array && ReasonInside(reason) is { } inside)
            output.AppendQuoted(Encoding.UTF8.GetBytes(inside));
        else if (form == PayloadForm.Chunk)
            output.Append("null"u8);
        else
            output.Append(isCalling ? "\"tool_calls\""u8 : "\"stop\""u8);
        output.Append("}"u8);
    }

    private static string? ReasonInside(JsonElement reason)
    {
        var reader = new JsonTokenReader(JsonPieces.Raw(reason));
        reader.Read();
        return FinishReasons.ReadInside(ref reader);
    }

    /// <summary>Whether it calls a tool.</summary>
    private bool WriteMessage(JsonElement choice, int index)
    {
        output.Append("{"u8);
        var isCalling = false;
        if (choice.Has("message"u8, JsonValueKind.Object, out var message) || choice.Has("delta"u8, JsonValueKind.Object, out message))
        {
            if (form == PayloadForm.Whole && !message.Has("role"u8, JsonValueKind.String, out _))
                output.Append("\"role\":\"assistant\""u8);
            foreach (var member in message.EnumerateObject())
            {
                if (member.NameEquals("content"u8))
                    WriteContent(message, member.Value);
                else if (member.NameEquals("tool_calls"u8) && member.Value.ValueKind == JsonValueKind.Array)
                    isCalling |= WriteCalls(member.Value, index);
                else if (member.NameEquals("tool_calls"u8) && member.Value.ValueKind == JsonValueKind.Object)
                    isCalling |= WriteOnlyCall(member.Value, index);
                else if (member.NameEquals("function_call"u8) && member.Value.ValueKind == JsonValueKind.Object)
                    WriteFunction("function_call"u8, member.Value, nameIsKnown: false);
                else if (form != PayloadForm.Whole || !member.NameEquals("role"u8) || member.Value.ValueKind == JsonValueKind.String)
                    output.AppendMember(member);
            }
        }
        else if (choice.Has("text"u8, JsonValueKind.String, out var text))
        {
            if (form == PayloadForm.Whole)
                output.Append("\"role\":\"assistant\""u8);
            output.AppendName("content"u8);
            output.Append(JsonPieces.Raw(text));
        }

        output.Append("}"u8);
        return isCalling;
    }

    private void WriteContent(JsonElement message, JsonElement content)
    {
        if (content.ValueKind is JsonValueKind.String or JsonValueKind.Null || !ContentParts.CanJoin(content))
        {
            output.AppendName("content"u8);
            output.Append(JsonPieces.Raw(content));
            return;
        }

        output.AppendName("content"u8);
        ContentParts.WriteText(content, output);
        if (ContentParts.HasThoughts(content) && !message.TryGetProperty("reasoning_content"u8, out _))
        {
            output.AppendName("reasoning_content"u8);
            ContentParts.WriteThoughts(content, output);
        }
    }

    private bool WriteCalls(JsonElement list, int choice)
    {
        output.AppendName("tool_calls"u8);
        output.Append("["u8);
        var (place, count) = (0, list.GetArrayLength());
        foreach (var call in list.EnumerateArray())
        {
            if (call.ValueKind == JsonValueKind.Object)
                WriteCall(call, choice, place, count == 1);
            place++;
        }

        output.Append("]"u8);
        return count > 0;
    }

    /// <summary>A call that is not in a list.</summary>
    private bool WriteOnlyCall(JsonElement call, int choice)
    {
        output.AppendName("tool_calls"u8);
        output.Append("["u8);
        WriteCall(call, choice, place: 0, isAlone: true);
        output.Append("]"u8);
        return true;
    }

    private void WriteCall(JsonElement call, int choice, int place, bool isAlone)
    {
        var id = call.Text("id"u8);
        var name = call.Has("function"u8, JsonValueKind.Object, out var function) ? function.Text("name"u8) : "";
        var (isNew, idIsKnown, nameIsKnown) = (true, false, false);
        output.Separate();
        output.Append("{"u8);
        if (form == PayloadForm.Chunk)
        {
            var index = call.Number("index"u8) ?? calls?.IndexOf(choice, place, isAlone, id, name) ?? place;
            output.AppendName("index"u8);
            output.Append(Encoding.UTF8.GetBytes(index.ToString(System.Globalization.CultureInfo.InvariantCulture)));
            if (calls is not null)
            {
                isNew = calls.IsNew(choice, index);
                (idIsKnown, nameIsKnown) = calls.Note(choice, index, id, name);
                calls.Append(choice, index, function.Text("arguments"u8));
            }
        }

        if (isNew && id.Length == 0)
        {
            output.AppendName("id"u8);
            output.AppendQuoted(Encoding.UTF8.GetBytes(MakeId(choice, place, name)));
        }

        if (isNew && !call.TryGetProperty("type"u8, out _))
        {
            output.AppendName("type"u8);
            output.Append("\"function\""u8);
        }

        foreach (var member in call.EnumerateObject())
        {
            if (member.NameEquals("function"u8) && member.Value.ValueKind == JsonValueKind.Object)
                WriteFunction("function"u8, member.Value, nameIsKnown);
            else if (!(form == PayloadForm.Chunk && member.NameEquals("index"u8)) && !(member.NameEquals("id"u8) && (idIsKnown || (isNew && id.Length == 0))))
                output.AppendMember(member);
        }

        output.Append("}"u8);
    }

    private void WriteFunction(ReadOnlySpan<byte> memberName, JsonElement function, bool nameIsKnown)
    {
        output.AppendName(memberName);
        output.Append("{"u8);
        var hasArguments = false;
        foreach (var member in function.EnumerateObject())
        {
            if (member.NameEquals("arguments"u8))
            {
                hasArguments = true;
                output.AppendName("arguments"u8);
                WriteArguments(member.Value);
            }
            else if (!nameIsKnown || !member.NameEquals("name"u8))
            {
                output.AppendMember(member);
            }
        }

        if (!hasArguments && form == PayloadForm.Whole)
        {
            output.AppendName("arguments"u8);
            output.Append("\"{}\""u8);
        }

        output.Append("}"u8);
    }

    /// <summary>Arguments are a text that holds JSON; of a whole call without any, that of an empty object.</summary>
    private void WriteArguments(JsonElement arguments)
    {
        var isText = arguments.ValueKind == JsonValueKind.String;
        if (form == PayloadForm.Whole && (arguments.ValueKind == JsonValueKind.Null || (isText && JsonPieces.Inside(arguments).IsEmpty)))
            output.Append("\"{}\""u8);
        else if (isText || arguments.ValueKind == JsonValueKind.Null)
            output.Append(JsonPieces.Raw(arguments));
        else
            output.AppendQuoted(JsonPieces.Raw(arguments));
    }

    /// <summary>An id for a call whose vendor gave it none: a result is sent back under it.</summary>
    private string MakeId(int choice, int place, string name) =>
        "call_" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{_answerId} {choice} {place} {name}"))[..IdBytes]);
}
