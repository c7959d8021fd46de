using System.Text;
using System.Text.Json;
using ServerlessRouter.Json;

namespace ServerlessRouter.Training.Rows;

/// <summary>Reads a row's strings as UTF-8, lone surrogates included: they become the replacement character.</summary>
internal static class RowText
{
    /// <summary>The text of a string value; null when the value is no string.</summary>
    public static byte[]? Utf8Of(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String)
            return null;
        try
        {
            return Encoding.UTF8.GetBytes(value.GetString()!);
        }
        catch (InvalidOperationException)
        {
            // Encoding replaces what is not a pair.
            return Encoding.UTF8.GetBytes(JsonText.Unescape(value.GetRawText().AsSpan()[1..^1]));
        }
    }
}
