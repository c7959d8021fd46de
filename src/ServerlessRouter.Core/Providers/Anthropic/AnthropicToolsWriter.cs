using System.Text.Json;

namespace ServerlessRouter.Providers.Anthropic;

/// <summary>Writes tools and how they are chosen.</summary>
internal static class AnthropicToolsWriter
{
    public static void Write(Utf8JsonWriter writer, JsonElement request, TranslationGap gap)
    {
        var tools = AnthropicJson.Member(request, "tools");
        if (tools.ValueKind != JsonValueKind.Array || tools.GetArrayLength() == 0)
            return;
        writer.WriteStartArray("tools");
        foreach (var tool in tools.EnumerateArray())
            WriteTool(writer, tool, gap);
        writer.WriteEndArray();
        WriteChoice(writer, AnthropicJson.Member(request, "tool_choice"), AnthropicJson.Member(request, "parallel_tool_calls").ValueKind == JsonValueKind.False);
    }

    private static void WriteTool(Utf8JsonWriter writer, JsonElement tool, TranslationGap gap)
    {
        var function = AnthropicJson.Member(tool, "function");
        if (AnthropicJson.Text(function, "name") is not { } name)
        {
            gap.Report("Only tools of the type 'function' can be translated for Anthropic's API.");
            return;
        }

        writer.WriteStartObject();
        writer.WriteString("name", name);
        if (AnthropicJson.Text(function, "description") is { } description)
            writer.WriteString("description", description);
        writer.WritePropertyName("input_schema");
        if (AnthropicJson.Member(function, "parameters") is { ValueKind: JsonValueKind.Object } parameters && parameters.TryGetProperty("type", out _))
            parameters.WriteTo(writer);
        else
            writer.WriteRawValue("""{"type":"object","properties":{}}"""u8);
        if (AnthropicJson.Member(function, "strict").ValueKind == JsonValueKind.True)
            writer.WriteBoolean("strict", true);
        if (AnthropicJson.Member(tool, "cache_control") is { ValueKind: JsonValueKind.Object } cache)
        {
            writer.WritePropertyName("cache_control");
            cache.WriteTo(writer);
        }

        writer.WriteEndObject();
    }

    private static void WriteChoice(Utf8JsonWriter writer, JsonElement choice, bool isOneAtATime)
    {
        var named = AnthropicJson.Text(AnthropicJson.Member(choice, "function"), "name");
        var type = named is not null ? "tool" : choice.ValueKind != JsonValueKind.String ? null : AnthropicJson.String(choice) switch
        {
            "required" => "any",
            "none" => "none",
            "auto" => "auto",
            _ => null,
        };
        if (type is null && !isOneAtATime)
            return;
        writer.WriteStartObject("tool_choice");
        writer.WriteString("type", type ?? "auto");
        if (named is not null)
            writer.WriteString("name", named);
        if (isOneAtATime && type != "none")
            writer.WriteBoolean("disable_parallel_tool_use", true);
        writer.WriteEndObject();
    }
}
