using System.Text.Json;
using System.Text.Unicode;

namespace ServerlessRouter.Configuration.Validation;

/// <summary>Finds where a text stops being JSON, before anything else looks at it.</summary>
internal static class JsonSyntax
{
    public static readonly JsonDocumentOptions Options = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>Null when the text is JSON (comments and trailing commas allowed) and every string in it is a valid text.</summary>
    public static ConfigurationProblem? Check(ReadOnlySpan<byte> text)
    {
        if (text.IndexOfAnyExcept(" \t\r\n"u8) < 0)
            return new ConfigurationProblem("", "The configuration is empty.");
        if (!Utf8.IsValid(text))
            return new ConfigurationProblem("", "The configuration is not UTF-8 text; save it as UTF-8.");

        var reader = new Utf8JsonReader(text, new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped)
                    reader.GetString();
            }
        }
        catch (JsonException broken)
        {
            return At((int)(broken.LineNumber ?? 0), (int)(broken.BytePositionInLine ?? 0), WithoutPosition(broken.Message));
        }
        catch (InvalidOperationException)
        {
            var before = text[..(int)reader.TokenStartIndex];
            return At(before.Count((byte)'\n'), before.Length - before.LastIndexOf((byte)'\n') - 1, "The text has a \\u escape that is half of a character.");
        }

        return null;
    }

    private static ConfigurationProblem At(int line, int column, string message) => new("", message) { Line = line + 1, Column = column + 1 };

    private static string WithoutPosition(string message)
    {
        var position = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return position < 0 ? message : message[..position];
    }
}
