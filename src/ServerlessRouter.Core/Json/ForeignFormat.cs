using System.Text;
using System.Text.RegularExpressions;

namespace ServerlessRouter.Json;

/// <summary>Recognises, by its first line, what people send where JSON is expected.</summary>
internal static partial class ForeignFormat
{
    private const int MaxLineBytes = 512;

    /// <summary>The format's name for a sentence; null when it is none of the known ones.</summary>
    public static string? Of(ReadOnlySpan<byte> text) => FirstLine(text) switch
    {
        null => null,
        ['<', ..] => "XML or HTML",
        var line when YamlLine().IsMatch(line) => "YAML",
        var line when FormLine().IsMatch(line) => "form data",
        var line when TomlLine().IsMatch(line) => "TOML or an .env file",
        _ => null,
    };

    /// <summary>The first line that is neither blank nor a comment in YAML and TOML.</summary>
    private static string? FirstLine(ReadOnlySpan<byte> text)
    {
        foreach (var range in text.Split((byte)'\n'))
        {
            var line = text[range].Trim(" \t\r"u8);
            if (!line.IsEmpty && line[0] != '#')
                return Encoding.UTF8.GetString(line[..Math.Min(line.Length, MaxLineBytes)]);
        }

        return null;
    }

    [GeneratedRegex("""^(---|%YAML\b|- |["']?[A-Za-z_$][\w.$-]*["']?\s*:(\s|$))""")]
    private static partial Regex YamlLine();

    [GeneratedRegex("""^[\w.%\[\]-]+=[^\s&=]*(&[\w.%\[\]-]+=[^\s&=]*)+$""")]
    private static partial Regex FormLine();

    [GeneratedRegex("""^(\[{1,2}[A-Za-z_][\w.-]*\]{1,2}$|(export )?[A-Za-z_][\w.-]*\s*=)""")]
    private static partial Regex TomlLine();
}
