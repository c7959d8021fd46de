using System.Globalization;
using System.Text;

namespace ServerlessRouter.Alerts;

/// <summary>Makes any text fit to stand in an alert: names may be long, and hold what no line of a log or message should.</summary>
internal static class AlertText
{
    /// <summary>At most so many characters, none of them a control character, one that turns the direction of writing, or half of a pair.</summary>
    public static string Cut(string text, int maxLength)
    {
        ArgumentNullException.ThrowIfNull(text);
        var cut = new StringBuilder(Math.Min(text.Length, maxLength));
        foreach (var rune in text.EnumerateRunes())
        {
            if (text.Length > maxLength && cut.Length + rune.Utf16SequenceLength > maxLength - 1)
                return cut.Append('…').ToString();
            var isShown = !Rune.IsControl(rune) && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
            cut.Append(isShown ? rune.ToString() : " ");
        }

        return cut.ToString();
    }
}
