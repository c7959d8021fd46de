using System.Text.Json;
using ServerlessRouter.Json;

namespace ServerlessRouter.Providers.OpenAI;

/// <summary>Content that came as a list of parts (Mistral's thinking models, and servers that answer in the form of a question) as the one text that clients expect.</summary>
internal static class ContentParts
{
    /// <summary>Every part is a text or a thought; a list with anything else in it stays a list.</summary>
    public static bool CanJoin(JsonElement content)
    {
        if (content.ValueKind != JsonValueKind.Array)
            return content.ValueKind is JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False || IsText(content) || IsThought(content);
        foreach (var part in content.EnumerateArray())
        {
            if (part.ValueKind != JsonValueKind.String && !IsText(part) && !IsThought(part))
                return false;
        }

        return true;
    }

    public static bool HasThoughts(JsonElement content)
    {
        if (content.ValueKind != JsonValueKind.Array)
            return IsThought(content);
        foreach (var part in content.EnumerateArray())
        {
            if (IsThought(part))
                return true;
        }

        return false;
    }

    /// <summary>All texts as one string.</summary>
    public static void WriteText(JsonElement content, PooledWriter output)
    {
        output.Append("\""u8);
        if (content.ValueKind is JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False)
            output.Append(JsonPieces.Raw(content));
        else
            AppendTexts(content, output);
        output.Append("\""u8);
    }

    /// <summary>All thoughts as one string.</summary>
    public static void WriteThoughts(JsonElement content, PooledWriter output)
    {
        output.Append("\""u8);
        if (content.ValueKind != JsonValueKind.Array)
        {
            AppendThought(content, output);
        }
        else
        {
            foreach (var part in content.EnumerateArray())
                AppendThought(part, output);
        }

        output.Append("\""u8);
    }

    private static bool IsText(JsonElement part) => part.Has("text"u8, JsonValueKind.String, out _) && !IsThought(part);

    private static bool IsThought(JsonElement part) => part.ValueKind == JsonValueKind.Object && part.Text("type"u8) is "thinking" or "reasoning";

    private static void AppendTexts(JsonElement content, PooledWriter output)
    {
        if (content.ValueKind == JsonValueKind.Array)
        {
            foreach (var part in content.EnumerateArray())
                AppendTexts(part, output);
        }
        else if (content.ValueKind == JsonValueKind.String)
        {
            output.Append(JsonPieces.Inside(content));
        }
        else if (!IsThought(content) && content.Has("text"u8, JsonValueKind.String, out var text))
        {
            output.Append(JsonPieces.Inside(text));
        }
    }

    private static void AppendThought(JsonElement part, PooledWriter output)
    {
        if (!IsThought(part))
            return;
        if (part.TryGetProperty("thinking"u8, out var thinking) || part.TryGetProperty("text"u8, out thinking))
            AppendTexts(thinking, output);
    }
}
