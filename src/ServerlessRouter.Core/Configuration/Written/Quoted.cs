using System.Text.Json;

namespace ServerlessRouter.Configuration.Written;

/// <summary>Quotes what was written back to its author, except where that could be a secret in the wrong place.</summary>
internal static class Quoted
{
    private const int MaxQuotedLength = 80;
    private const int MinUnmarkedSecretLength = 32;

    /// <summary>Names of models are long because they have many words; a word of them with letters and digits mixed is short (<c>70b</c>, <c>llama3</c>, <c>8x22b</c>).</summary>
    private const int MinMixedWordLength = 10;

    private static readonly char[] WordEnds = ['-', '.', '/', '_', '@'];
    private static readonly string[] SecretMarks = ["sk-", "sk_", "gsk_", "xai-", "AIza", "Bearer ", "ghp_", "eyJ"];

    public static string Text(string text) =>
        LooksSecret(text) || text.Length > MaxQuotedLength ? $"a text of {text.Length} characters" : $"\"{Printable(text)}\"";

    public static string Value(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => Text(value.GetString()!),
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.Number when value.GetRawText() is { Length: <= MaxQuotedLength } number => number,
        JsonValueKind.Number => "a very long number",
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => "null",
    };

    public static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => "a text",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "true or false",
        _ => Value(value),
    };

    public static string List(IEnumerable<string> names) => string.Join(", ", names);

    /// <summary>Known marks of vendors' keys, or a long text with a word of letters and digits as no name has it.</summary>
    public static bool LooksSecret(string text)
    {
        foreach (var mark in SecretMarks)
        {
            if (text.StartsWith(mark, StringComparison.Ordinal))
                return true;
        }

        return text.Length >= MinUnmarkedSecretLength && !text.AsSpan().ContainsAny(" :")
            && text.Split(WordEnds).Any(static word => word.Length >= MinMixedWordLength && word.Any(char.IsAsciiDigit) && word.Any(char.IsAsciiLetter));
    }

    private static string Printable(string text) => string.Concat(text.Select(static letter => char.IsControl(letter) ? '\uFFFD' : letter));
}
