using System.Text.Json;
using ServerlessRouter.Providers.Translation;

namespace ServerlessRouter.Providers.Anthropic;

/// <summary>Custom tools, which take free text, as a vendor that has functions alone takes them: with one text named <c>input</c>. The responses door makes calls of them what the caller declared.</summary>
internal static class FreeForm
{
    /// <summary>The only property.</summary>
    public const string Input = "input";

    /// <summary>The tool's description, and the grammar that its input should follow, to which this vendor cannot hold it.</summary>
    public static string? Describe(JsonElement custom)
    {
        var description = LooseJson.Text(custom, "description");
        var format = LooseJson.Member(custom, "format");
        var grammar = LooseJson.Member(format, "grammar") is { ValueKind: JsonValueKind.Object } inside ? inside : format;
        if (LooseJson.Text(grammar, "definition") is not { Length: > 0 } definition)
            return description;
        var demand = $"The input must follow this grammar ({LooseJson.Text(grammar, "syntax") ?? "lark"}):\n{definition}";
        return string.IsNullOrEmpty(description) ? demand : $"{description}\n\n{demand}";
    }

    public static void WriteSchema(Utf8JsonWriter writer, string param, TranslationNotes notes)
    {
        notes.Change(param, "custom", "function");
        writer.WriteStartObject("input_schema");
        writer.WriteString("type", "object");
        writer.WriteStartObject("properties");
        writer.WriteStartObject(Input);
        writer.WriteString("type", "string");
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteStartArray("required");
        writer.WriteStringValue(Input);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
