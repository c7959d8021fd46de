using System.Security.Cryptography;
using System.Text;

namespace ServerlessRouter.Governance;

/// <summary>What end users and sessions are counted under.</summary>
public static class SubjectNames
{
    /// <summary>A longer name is kept as its hash.</summary>
    public const int MaxLength = 128;

    private const char Separator = '/';
    private const string WrittenSeparator = "%2F";
    private const char Escape = '%';
    private const string WrittenEscape = "%25";

    /// <summary>The name itself, or the hash of one that is long; of what it answers it answers the same.</summary>
    public static string Shorten(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.Length <= MaxLength ? name : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)));
    }

    /// <summary>What a key calls its end user or session, as one name: <c>KEY/NAME</c>. A <c>/</c> or <c>%</c> of the key's own name is escaped there, so that no two pairs have one name.</summary>
    /// <param name="key">The key's name; null and empty for callers without one.</param>
    /// <param name="name">What the key calls it.</param>
    internal static string Join(string? key, string name) => $"{Escaped(key)}{Separator}{Shorten(name)}";

    /// <summary>The key in a name that <see cref="Join"/> made.</summary>
    internal static string KeyOf(string joined)
    {
        var written = joined[..Math.Max(0, joined.IndexOf(Separator))];
        return written.Contains(Escape) ? written.Replace(WrittenSeparator, $"{Separator}", StringComparison.Ordinal).Replace(WrittenEscape, $"{Escape}", StringComparison.Ordinal) : written;
    }

    /// <summary>Most keys have neither, and stand as they are.</summary>
    private static string? Escaped(string? key) =>
        key.AsSpan().ContainsAny(Separator, Escape) ? key!.Replace($"{Escape}", WrittenEscape, StringComparison.Ordinal).Replace($"{Separator}", WrittenSeparator, StringComparison.Ordinal) : key;
}
