using System.Buffers;
using System.Text;

namespace ServerlessRouter.Providers.Failures;

/// <summary>Makes a vendor's text comparable.</summary>
internal static class VendorText
{
    private const string EncodedSpace = "%20";

    private static readonly SearchValues<char> Uneven = SearchValues.Create("\r\n\t\u00A0’‘“”");

    /// <summary>One space for any white space, straight apostrophes and quotes, and no percent escapes where a whole sentence is written in them, as xAI does.</summary>
    public static string Plain(string text)
    {
        if (text.Contains(EncodedSpace, StringComparison.Ordinal))
            text = Uri.UnescapeDataString(text);
        if (!text.AsSpan().ContainsAny(Uneven))
            return text;
        var plain = new StringBuilder(text.Length);
        var wasSpace = false;
        foreach (var letter in text)
        {
            var isSpace = char.IsWhiteSpace(letter);
            if (!isSpace || !wasSpace)
                plain.Append(isSpace ? ' ' : letter is '’' or '‘' ? '\'' : letter is '“' or '”' ? '"' : letter);
            wasSpace = isSpace;
        }

        return plain.ToString();
    }
}
