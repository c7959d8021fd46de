using System.Globalization;
using System.Text;

namespace ServerlessRouter.State;

/// <summary>Makes a partition or row key part of any text, reversibly: names such as <c>org/model</c> hold characters a key must not.</summary>
public static class TableKey
{
    private const char Escape = '~';

    /// <summary>Writes each character that keys forbid or that clients mangle (<c>%</c>, <c>+</c>) as <c>~</c> and four hex digits.</summary>
    public static string Encode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);

        var key = new StringBuilder(text.Length + 16);
        foreach (var character in text)
        {
            if (MustEscape(character))
                key.Append(Escape).Append(((int)character).ToString("X4", CultureInfo.InvariantCulture));
            else
                key.Append(character);
        }

        return key.ToString();
    }

    /// <summary>The text that <see cref="Encode"/> was given.</summary>
    /// <exception cref="FormatException">The key was not made by <see cref="Encode"/>.</exception>
    public static string Decode(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (!key.Contains(Escape))
            return key;

        var text = new StringBuilder(key.Length);
        for (var i = 0; i < key.Length; i++)
        {
            if (key[i] != Escape)
            {
                text.Append(key[i]);
                continue;
            }

            if (i + 4 >= key.Length || !ushort.TryParse(key.AsSpan(i + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
                throw new FormatException($"The key '{key}' has a '~' at {i} that is not followed by four hex digits.");
            text.Append((char)code);
            i += 4;
        }

        return text.ToString();
    }

    private static bool MustEscape(char character) => character is Escape or '%' or '+' || TableLimits.IsForbiddenInKey(character);
}
