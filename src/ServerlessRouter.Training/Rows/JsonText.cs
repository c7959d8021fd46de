using System.Text;
using System.Text.Json;

namespace ServerlessRouter.Training.Rows;

/// <summary>Reads JSON strings as UTF-8, lone surrogates included: they become the replacement character.</summary>
internal static class JsonText
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
            return Unescaped(value.GetRawText());
        }
    }

    private static byte[] Unescaped(string raw)
    {
        var text = new StringBuilder(raw.Length);
        for (var place = 1; place < raw.Length - 1; place++)
        {
            if (raw[place] != '\\')
            {
                text.Append(raw[place]);
                continue;
            }

            place++;
            if (raw[place] == 'u')
            {
                text.Append((char)Convert.ToUInt16(raw.Substring(place + 1, 4), 16));
                place += 4;
                continue;
            }

            text.Append(raw[place] switch { 'n' => '\n', 't' => '\t', 'r' => '\r', 'b' => '\b', 'f' => '\f', var other => other });
        }

        // Encoding replaces what is not a pair.
        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
