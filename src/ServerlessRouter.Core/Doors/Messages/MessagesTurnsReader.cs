using System.Text.Json;
using ServerlessRouter.Json;

namespace ServerlessRouter.Doors.Messages;

/// <summary>
/// Writes <c>system</c> and <c>messages</c> as the messages of a chat: the system prompt first, results of tools as messages of their own before what the user says beside them, and an assistant's turn in one message: thinking,
/// content, calls.
/// </summary>
internal sealed class MessagesTurnsReader(Utf8JsonWriter writer, MessagesFaults faults)
{
    private readonly ContentPartsReader _parts = new(writer, faults);

    /// <summary>The line that Claude Code begins the system prompt with: it is another one in each request, which costs every vendor's prompt cache, and says nothing to a model.</summary>
    private static ReadOnlySpan<byte> BillingHeader => "x-anthropic-billing-header:"u8;

    public void Read(JsonElement system, JsonElement messages)
    {
        if (!faults.Expect(messages, JsonValueKind.Array, "messages"))
            return;
        if (messages.GetArrayLength() == 0)
            faults.Add("messages", "at least one message is required");
        writer.WriteStartArray("messages"u8);
        if (ElementJson.IsSent(system))
            WriteSystem(system, new BlockPlace(-1));
        var place = 0;
        foreach (var message in messages.EnumerateArray())
            WriteMessage(message, place++);
        writer.WriteEndArray();
    }

    private void WriteMessage(JsonElement message, int place)
    {
        if (!faults.Expect(message, JsonValueKind.Object, $"messages.{place}"))
            return;
        CheckMembers(message, place);
        var role = ElementJson.Member(message, "role"u8);
        var content = ElementJson.Member(message, "content"u8);
        if (!faults.Expect(role, JsonValueKind.String, $"messages.{place}.role") || !IsContent(content, new BlockPlace(place)))
            return;
        if (role.ValueEquals("user"u8))
            WriteUser(content, new BlockPlace(place));
        else if (role.ValueEquals("assistant"u8))
            new AssistantReader(writer, faults, _parts).Write(content, new BlockPlace(place));
        else if (role.ValueEquals("system"u8))
            WriteSystem(content, new BlockPlace(place));
        else
            faults.Add("messages", $"Unexpected role \"{ElementJson.String(role)}\". Allowed roles are \"user\" or \"assistant\"");
    }

    private void CheckMembers(JsonElement message, int place)
    {
        var (roles, contents) = (0, 0);
        foreach (var member in message.EnumerateObject())
        {
            roles += member.NameEquals("role"u8) ? 1 : 0;
            contents += member.NameEquals("content"u8) ? 1 : 0;
        }

        if (roles > 1 || contents > 1)
            faults.Add($"messages.{place}.{(roles > 1 ? "role" : "content")}", "Sent twice; send it once");
    }

    private bool IsContent(JsonElement content, BlockPlace place)
    {
        if (content.ValueKind is JsonValueKind.String)
            return true;
        if (!faults.Expect(content, JsonValueKind.Array, place.ToString()))
            return false;
        var isWhole = true;
        var number = 0;
        foreach (var block in content.EnumerateArray())
            isWhole &= _parts.IsBlock(block, place with { Block = number++ });
        return isWhole;
    }

    private void WriteSystem(JsonElement system, BlockPlace place)
    {
        if (!IsContent(system, place))
            return;
        if (system.ValueKind == JsonValueKind.String)
        {
            WriteSystemText(ElementJson.Inside(system));
            return;
        }

        var number = 0;
        var kept = new List<JsonElement>(system.GetArrayLength());
        foreach (var block in system.EnumerateArray())
        {
            if (!ContentPartsReader.IsText(block))
                faults.Add((place with { Block = number }).Of("type"), "Input should be 'text'");
            else if (!ElementJson.Inside(ElementJson.Member(block, "text"u8)).StartsWith(BillingHeader))
                kept.Add(block);
            number++;
        }

        if (kept.Count == 0)
            return;
        writer.WriteStartObject();
        writer.WriteString("role"u8, "system"u8);
        _parts.WriteContent(kept, place);
        writer.WriteEndObject();
    }

    private void WriteSystemText(ReadOnlySpan<byte> raw)
    {
        if (raw.StartsWith(BillingHeader))
            raw = raw.IndexOf("\\n"u8) is >= 0 and var end ? raw[(end + 2)..] : default;
        if (raw.IsEmpty)
            return;
        writer.WriteStartObject();
        writer.WriteString("role"u8, "system"u8);
        _parts.WriteJoined("content"u8, raw);
        writer.WriteEndObject();
    }

    private void WriteUser(JsonElement content, BlockPlace place)
    {
        if (content.ValueKind == JsonValueKind.String)
        {
            writer.WriteStartObject();
            writer.WriteString("role"u8, "user"u8);
            ElementJson.Copy(writer, "content"u8, content);
            writer.WriteEndObject();
            return;
        }

        var said = new List<JsonElement>(content.GetArrayLength());
        var number = 0;
        foreach (var block in content.EnumerateArray())
        {
            if (ElementJson.Is(block, "type"u8, "tool_result"u8))
                WriteResult(block, place with { Block = number });
            else
                said.Add(block);
            number++;
        }

        if (said.Count == 0 && number > 0)
            return;
        writer.WriteStartObject();
        writer.WriteString("role"u8, "user"u8);
        _parts.WriteContent(said, place);
        writer.WriteEndObject();
    }

    private void WriteResult(JsonElement block, BlockPlace place)
    {
        var id = ElementJson.Member(block, "tool_use_id"u8);
        if (!faults.Expect(id, JsonValueKind.String, place.Of("tool_result.tool_use_id")))
            return;
        writer.WriteStartObject();
        writer.WriteString("role"u8, "tool"u8);
        ElementJson.Copy(writer, "tool_call_id"u8, id);
        WriteResultContent(ElementJson.Member(block, "content"u8), place);
        var isError = ElementJson.Member(block, "is_error"u8);
        if (isError.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null or JsonValueKind.True or JsonValueKind.False))
            faults.Add(place.Of("tool_result.is_error"), MessagesFaults.NotFlag);
        if (isError.ValueKind == JsonValueKind.True)
            writer.WriteBoolean("is_error"u8, true);
        ElementJson.CopyMember(writer, block, "cache_control"u8);
        writer.WriteEndObject();
    }

    private void WriteResultContent(JsonElement content, BlockPlace place)
    {
        if (content.ValueKind == JsonValueKind.String)
        {
            ElementJson.Copy(writer, "content"u8, content);
            return;
        }

        var blocks = new List<JsonElement>();
        if (faults.ExpectIfSent(content, JsonValueKind.Array, place.Of("tool_result.content")))
        {
            foreach (var block in content.EnumerateArray())
            {
                if (_parts.IsBlock(block, place with { Inner = blocks.Count }))
                    blocks.Add(block);
            }
        }

        _parts.WriteContent(blocks, place);
    }
}
