using System.Text.Json;

namespace ServerlessRouter.Providers.Anthropic;

/// <summary>Writes <c>system</c> and <c>messages</c>: turns alternate between user and assistant, each a list of content blocks.</summary>
internal sealed class AnthropicMessagesWriter(Utf8JsonWriter writer, TranslationGap gap)
{
    // The vendor wants every call's result, and a turn of at least one block that is not blank.
    private const string Nothing = "(nothing)";

    /// <summary>Writes both; <paramref name="demand"/> is a sentence of the router's own at the end of the system prompt.</summary>
    public void Write(JsonElement messages, string? demand)
    {
        if (messages.ValueKind != JsonValueKind.Array)
        {
            gap.Report("'messages' is not an array.");
            return;
        }

        WriteSystem(messages, demand);
        writer.WriteStartArray("messages");
        string? open = null;
        var blocks = 0;
        foreach (var message in messages.EnumerateArray())
        {
            var role = AnthropicJson.Text(message, "role");
            if (IsSystem(role))
                continue;
            var turn = role == "assistant" ? "assistant" : "user";
            if (turn != open)
            {
                EndTurn(open, blocks);
                blocks = 0;
                open = turn;
                writer.WriteStartObject();
                writer.WriteString("role", turn);
                writer.WriteStartArray("content");
            }

            blocks += role is "tool" or "function" ? WriteToolResult(message) : WriteBlocks(message);
        }

        EndTurn(open, blocks);
        if (open is null)
        {
            // The vendor demands a turn; a prompt of system messages alone has none.
            writer.WriteStartObject();
            writer.WriteString("role", "user");
            writer.WriteString("content", Nothing);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static bool IsSystem(string? role) => role is "system" or "developer";

    private void EndTurn(string? open, int blocks)
    {
        if (open is null)
            return;
        if (blocks == 0)
            WriteText(Nothing, default);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private void WriteSystem(JsonElement messages, string? demand)
    {
        var isOpen = false;
        foreach (var message in messages.EnumerateArray())
        {
            if (!IsSystem(AnthropicJson.Text(message, "role")))
                continue;
            Open();
            WriteContent(AnthropicJson.Member(message, "content"));
        }

        if (demand is not null)
        {
            Open();
            WriteText(demand, default);
        }

        if (isOpen)
            writer.WriteEndArray();

        void Open()
        {
            if (!isOpen)
                writer.WriteStartArray("system");
            isOpen = true;
        }
    }

    private int WriteBlocks(JsonElement message)
    {
        var blocks = WriteContent(AnthropicJson.Member(message, "content"));
        if (AnthropicJson.Text(message, "refusal") is { Length: > 0 } refusal)
            blocks += WriteText(refusal, default);
        var calls = AnthropicJson.Member(message, "tool_calls");
        if (calls.ValueKind != JsonValueKind.Array)
            return blocks;
        foreach (var call in calls.EnumerateArray())
        {
            WriteToolUse(call);
            blocks++;
        }

        return blocks;
    }

    private int WriteContent(JsonElement content)
    {
        if (content.ValueKind == JsonValueKind.String)
            return WriteText(AnthropicJson.String(content), default);
        if (content.ValueKind != JsonValueKind.Array)
            return 0;
        var blocks = 0;
        foreach (var part in content.EnumerateArray())
            blocks += WritePart(part);
        return blocks;
    }

    private int WritePart(JsonElement part)
    {
        var type = AnthropicJson.Text(part, "type");
        switch (type)
        {
            case "text" or "refusal":
                return WriteText(AnthropicJson.Text(part, type) ?? "", AnthropicJson.Member(part, "cache_control"));
            case "image_url":
                var image = AnthropicJson.Member(part, "image_url");
                var url = image.ValueKind == JsonValueKind.String ? AnthropicJson.String(image) : AnthropicJson.Text(image, "url");
                return WriteSource("image", url, AnthropicJson.Member(part, "cache_control"));
            case "file":
                return WriteSource("document", AnthropicJson.Text(AnthropicJson.Member(part, "file"), "file_data"), AnthropicJson.Member(part, "cache_control"));
            default:
                gap.Report(type == "input_audio"
                    ? "Anthropic's API takes no audio."
                    : "A content part is of a type that cannot be translated for Anthropic's API; text, image_url and file can.");
                return 0;
        }
    }

    /// <summary>The vendor refuses blank text blocks; an assistant's empty content beside its tool calls is usual.</summary>
    private int WriteText(string text, JsonElement cacheControl)
    {
        if (string.IsNullOrWhiteSpace(text))
            return 0;
        writer.WriteStartObject();
        writer.WriteString("type", "text");
        writer.WriteString("text", text);
        WriteCacheControl(cacheControl);
        writer.WriteEndObject();
        return 1;
    }

    /// <summary>An image or document from a data URL, or by its address.</summary>
    private int WriteSource(string block, string? url, JsonElement cacheControl)
    {
        const string DataScheme = "data:", Base64 = ";base64,";
        if (url is null)
        {
            gap.Report("An image or file comes without its data; uploaded files of another vendor cannot be passed on.");
            return 0;
        }

        writer.WriteStartObject();
        writer.WriteString("type", block);
        writer.WriteStartObject("source");
        var comma = url.IndexOf(Base64, StringComparison.Ordinal);
        if (url.StartsWith(DataScheme, StringComparison.OrdinalIgnoreCase) && comma > 0)
        {
            writer.WriteString("type", "base64");
            writer.WriteString("media_type", url.AsSpan(DataScheme.Length, comma - DataScheme.Length));
            writer.WriteString("data", url.AsSpan(comma + Base64.Length));
        }
        else if (url.StartsWith("http", StringComparison.OrdinalIgnoreCase))
        {
            writer.WriteString("type", "url");
            writer.WriteString("url", url);
        }
        else
        {
            gap.Report("An image or file must be a base64 data URL or an http address.");
        }

        writer.WriteEndObject();
        WriteCacheControl(cacheControl);
        writer.WriteEndObject();
        return 1;
    }

    private void WriteToolUse(JsonElement call)
    {
        var function = AnthropicJson.Member(call, "function");
        writer.WriteStartObject();
        writer.WriteString("type", "tool_use");
        writer.WriteString("id", AnthropicJson.Text(call, "id"));
        writer.WriteString("name", AnthropicJson.Text(function, "name"));
        writer.WritePropertyName("input");
        WriteArguments(AnthropicJson.Text(function, "arguments"));
        writer.WriteEndObject();
    }

    /// <summary>OpenAI's arguments are text that should be JSON, Anthropic's are an object. What is neither goes up as an object that holds it.</summary>
    private void WriteArguments(string? arguments)
    {
        if (string.IsNullOrWhiteSpace(arguments))
        {
            writer.WriteStartObject();
            writer.WriteEndObject();
            return;
        }

        try
        {
            using var parsed = JsonDocument.Parse(arguments);
            if (parsed.RootElement.ValueKind == JsonValueKind.Object)
            {
                parsed.RootElement.WriteTo(writer);
                return;
            }
        }
        catch (JsonException)
        {
            // A model wrote it; it goes up as it is below.
        }

        writer.WriteStartObject();
        writer.WriteString("arguments", arguments);
        writer.WriteEndObject();
    }

    private int WriteToolResult(JsonElement message)
    {
        writer.WriteStartObject();
        writer.WriteString("type", "tool_result");
        writer.WriteString("tool_use_id", AnthropicJson.Text(message, "tool_call_id") ?? AnthropicJson.Text(message, "name"));
        writer.WriteStartArray("content");
        WriteContent(AnthropicJson.Member(message, "content"));
        writer.WriteEndArray();
        WriteCacheControl(AnthropicJson.Member(message, "cache_control"));
        writer.WriteEndObject();
        return 1;
    }

    private void WriteCacheControl(JsonElement cacheControl)
    {
        if (cacheControl.ValueKind != JsonValueKind.Object)
            return;
        writer.WritePropertyName("cache_control");
        cacheControl.WriteTo(writer);
    }
}
