using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using ServerlessRouter.Json;

namespace ServerlessRouter.Chat;

/// <summary>
/// Writes a chat request that came in as Anthropic's messages so that strict vendors of OpenAI's schema take it: 1 members that only Anthropic has are left out, 2 texts are strings, 3 images and files of tool results, which OpenAI
/// takes from the user alone, follow the results. Vendors of OpenAI's schema refuse what they do not know, and each another part of it.
/// </summary>
internal sealed class PlainChat
{
    /// <summary>OpenAI takes no longer <c>user</c>.</summary>
    private const int MaxUserBytes = 64;

    private const string AnthropicFormat = "anthropic-claude-v1";

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private static readonly HashSet<string> LeftOut = new(StringComparer.Ordinal)
    {
        "thinking", "output_config", "context_management", "container", "mcp_servers", "inference_geo", "speed", "cache_control", "system",
    };

    private readonly Utf8JsonWriter _writer;
    private readonly PlainContent _content;
    private readonly RequestAdjustments? _adjustments;

    /// <summary>Parts of tool results that wait for the user's turn.</summary>
    private readonly List<JsonElement> _moved = [];

    private PlainChat(Utf8JsonWriter writer, RequestAdjustments? adjustments)
    {
        (_writer, _adjustments) = (writer, adjustments);
        _content = new PlainContent(writer);
    }

    /// <summary>Writes the request, one JSON object that a scanner took; what is left out is told to <paramref name="adjustments"/>.</summary>
    public static void Write(ReadOnlyMemory<byte> chat, IBufferWriter<byte> output, RequestAdjustments? adjustments = null)
    {
        using var document = JsonDocument.Parse(chat, new JsonDocumentOptions { MaxDepth = ChatRequestScanner.MaxDepth });
        using var writer = new Utf8JsonWriter(output, Options);
        new PlainChat(writer, adjustments).Write(document.RootElement);
    }

    private void Write(JsonElement request)
    {
        _writer.WriteStartObject();
        foreach (var member in request.EnumerateObject())
        {
            switch (member.Name)
            {
                case "messages" when member.Value.ValueKind == JsonValueKind.Array:
                    WriteMessages(member.Value);
                    break;
                case "tools" when member.Value.ValueKind == JsonValueKind.Array:
                    WriteTools(member.Value);
                    break;
                case "user" when member.Value.ValueKind == JsonValueKind.String:
                    WriteUser(member.Value);
                    break;
                case "reasoning_effort" when member.Value.ValueKind == JsonValueKind.String:
                    WriteEffort(member.Value);
                    break;
                case var name when LeftOut.Contains(name):
                    TellLeftOut(request, member);
                    break;
                default:
                    Copy(member);
                    break;
            }
        }

        _writer.WriteEndObject();
    }

    /// <summary>What else the request says in OpenAI's words is not lost: thinking as an effort, a format as <c>response_format</c>.</summary>
    private void TellLeftOut(JsonElement request, JsonProperty member)
    {
        if (_adjustments is null || !ElementJson.IsSent(member.Value))
            return;
        var (hasEffort, hasFormat) = (ElementJson.IsSent(ElementJson.Member(request, "reasoning_effort"u8)), ElementJson.IsSent(ElementJson.Member(request, "response_format"u8)));
        if (!(member.NameEquals("thinking"u8) && hasEffort) && !(member.NameEquals("output_config"u8) && (hasEffort || hasFormat)))
            _adjustments.Add(member.Name, member.Value, null);
    }

    /// <summary>The highest that all models know is <c>high</c>; <c>none</c> is refused by those that always think, and the others that know it think only when asked.</summary>
    private void WriteEffort(JsonElement effort)
    {
        if (effort.ValueEquals("max"u8) || effort.ValueEquals("xhigh"u8))
        {
            _writer.WriteString("reasoning_effort"u8, "high"u8);
            _adjustments?.Add("reasoning_effort", effort, RequestAdjustments.Text("high"));
        }
        else if (!effort.ValueEquals("none"u8))
        {
            ElementJson.Copy(_writer, "reasoning_effort"u8, effort);
        }
    }

    /// <summary>Agents send a longer one; its hash names the same user.</summary>
    private void WriteUser(JsonElement user)
    {
        var text = Encoding.UTF8.GetBytes(ElementJson.String(user));
        if (text.Length <= MaxUserBytes)
        {
            ElementJson.Copy(_writer, "user"u8, user);
            return;
        }

        var hash = Convert.ToHexStringLower(SHA256.HashData(text));
        _writer.WriteString("user"u8, hash);
        _adjustments?.Add("user", user, RequestAdjustments.Text(hash));
    }

    private void WriteTools(JsonElement tools)
    {
        _writer.WriteStartArray("tools"u8);
        foreach (var tool in tools.EnumerateArray())
        {
            if (ElementJson.Member(tool, "function"u8).ValueKind != JsonValueKind.Object)
            {
                _writer.WriteRawValue(ElementJson.Raw(tool), skipInputValidation: true);
                continue;
            }

            _writer.WriteStartObject();
            _writer.WriteString("type"u8, "function"u8);
            ElementJson.CopyMember(_writer, tool, "function"u8);
            _writer.WriteEndObject();
        }

        _writer.WriteEndArray();
    }

    private void WriteMessages(JsonElement messages)
    {
        _writer.WriteStartArray("messages"u8);
        foreach (var message in messages.EnumerateArray())
        {
            if (ElementJson.Is(message, "role"u8, "tool"u8))
                WriteResult(message);
            else
                WriteMessage(message);
        }

        WriteMoved();
        _writer.WriteEndArray();
    }

    private void WriteResult(JsonElement message)
    {
        var parts = PlainContent.PartsOf(ElementJson.Member(message, "content"u8));
        var media = parts.FindAll(static part => PlainContent.IsMedium(part));
        _writer.WriteStartObject();
        _writer.WriteString("role"u8, "tool"u8);
        ElementJson.CopyMember(_writer, message, "tool_call_id"u8);
        if (media.Count == 0)
        {
            _content.Write(ElementJson.Member(message, "content"u8));
        }
        else
        {
            parts.RemoveAll(static part => PlainContent.IsMedium(part));
            _content.Write(parts, ifEmpty: "(What the tool gave follows.)");
            _moved.AddRange(media);
        }

        _writer.WriteEndObject();
    }

    private void WriteMessage(JsonElement message)
    {
        var isUser = ElementJson.Is(message, "role"u8, "user"u8);
        if (!isUser)
            WriteMoved();
        _writer.WriteStartObject();
        foreach (var member in message.EnumerateObject())
        {
            switch (member.Name)
            {
                case "content" when isUser && _moved.Count > 0:
                    _content.Write([.. _moved, .. PlainContent.PartsOf(member.Value)], ifEmpty: "");
                    _moved.Clear();
                    break;
                case "content":
                    _content.Write(member.Value);
                    break;
                case "tool_calls" when member.Value.ValueKind == JsonValueKind.Array:
                    WriteCalls(member.Value);
                    break;
                case "reasoning_details" when member.Value.ValueKind == JsonValueKind.Array:
                    WriteDetails(member.Value);
                    break;
                case "thinking_blocks":
                    _adjustments?.Strip("reasoning");
                    break;
                case "cache_control" or "is_error":
                    _adjustments?.Strip(member.Name);
                    break;
                default:
                    Copy(member);
                    break;
            }
        }

        _writer.WriteEndObject();
    }

    private void WriteMoved()
    {
        if (_moved.Count == 0)
            return;
        _writer.WriteStartObject();
        _writer.WriteString("role"u8, "user"u8);
        _content.Write(_moved, ifEmpty: "");
        _writer.WriteEndObject();
        _moved.Clear();
    }

    private void WriteCalls(JsonElement calls)
    {
        _writer.WriteStartArray("tool_calls"u8);
        foreach (var call in calls.EnumerateArray())
        {
            _writer.WriteStartObject();
            foreach (var member in call.EnumerateObject())
            {
                if (!member.NameEquals("cache_control"u8))
                    Copy(member);
            }

            _writer.WriteEndObject();
        }

        _writer.WriteEndArray();
    }

    /// <summary>Anthropic's own are nothing to others; what others thought they want back.</summary>
    private void WriteDetails(JsonElement details)
    {
        var kept = details.EnumerateArray().Where(static entry => ElementJson.Text(entry, "format"u8) != AnthropicFormat).ToList();
        if (kept.Count < details.GetArrayLength())
            _adjustments?.Strip("reasoning");
        if (kept.Count == 0)
            return;
        _writer.WriteStartArray("reasoning_details"u8);
        foreach (var entry in kept)
            _writer.WriteRawValue(ElementJson.Raw(entry), skipInputValidation: true);
        _writer.WriteEndArray();
    }

    private void Copy(JsonProperty member)
    {
        _writer.WritePropertyName(member.Name);
        _writer.WriteRawValue(ElementJson.Raw(member.Value), skipInputValidation: true);
    }
}
