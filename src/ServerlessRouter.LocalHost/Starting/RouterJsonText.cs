using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ServerlessRouter.LocalHost.Starting;

/// <summary>Writes a configuration as a person would: what is short on one line, and comments above what they are about.</summary>
internal static class RouterJsonText
{
    private const int MaxLine = 140;
    private const int Indentation = 2;

    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="root">The configuration.</param>
    /// <param name="comments">Lines to stand above a member, by its path (<c>models.mini</c>); that of the whole text is empty.</param>
    public static string Of(JsonObject root, IReadOnlyDictionary<string, string> comments)
    {
        var text = new StringBuilder();
        AppendComment(text, "", 0, comments);
        Append(text, root, "", 0, comments);
        return text.Append('\n').ToString();
    }

    private static void Append(StringBuilder text, JsonNode? node, string path, int depth, IReadOnlyDictionary<string, string> comments)
    {
        if (depth > 1 && OnOneLine(node) is { } line && line.Length + (depth * Indentation) <= MaxLine && !comments.Keys.Any(key => key.StartsWith($"{path}.", StringComparison.Ordinal)))
        {
            text.Append(line);
            return;
        }

        switch (node)
        {
            case JsonObject { Count: > 0 } map:
                AppendAll(text, '{', '}', map.Select(member => (Path: path.Length == 0 ? member.Key : $"{path}.{member.Key}", Label: $"{Literal(member.Key)}: ", member.Value)), depth, comments);
                break;
            case JsonArray { Count: > 0 } list:
                AppendAll(text, '[', ']', list.Select((item, place) => (Path: $"{path}[{place}]", Label: "", item)), depth, comments);
                break;
            default:
                text.Append(OnOneLine(node));
                break;
        }
    }

    private static void AppendAll(StringBuilder text, char open, char close, IEnumerable<(string Path, string Label, JsonNode? Value)> items, int depth, IReadOnlyDictionary<string, string> comments)
    {
        text.Append(open);
        var separator = "\n";
        foreach (var (path, label, value) in items)
        {
            text.Append(separator);
            AppendComment(text, path, depth + 1, comments);
            text.Append(' ', (depth + 1) * Indentation).Append(label);
            Append(text, value, path, depth + 1, comments);
            separator = ",\n";
        }

        text.Append('\n').Append(' ', depth * Indentation).Append(close);
    }

    private static void AppendComment(StringBuilder text, string path, int depth, IReadOnlyDictionary<string, string> comments)
    {
        foreach (var line in comments.TryGetValue(path, out var comment) ? comment.Split('\n') : [])
            text.Append(' ', depth * Indentation).Append("// ").Append(line).Append('\n');
    }

    private static string OnOneLine(JsonNode? node) => node switch
    {
        null => "null",
        JsonObject { Count: 0 } => "{}",
        JsonObject map => $"{{ {string.Join(", ", map.Select(static member => $"{Literal(member.Key)}: {OnOneLine(member.Value)}"))} }}",
        JsonArray list => $"[{string.Join(", ", list.Select(OnOneLine))}]",
        _ => node.ToJsonString(Relaxed),
    };

    private static string Literal(string text) => $"\"{JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(text)}\"";
}
