using System.Globalization;
using System.IO.Hashing;
using System.Text;

namespace ServerlessRouter.Recording.Usage;

/// <summary>
/// Spreads the keys of a large page over shares that stand in properties of their own, so that what one key used is read without most of the others: a store sends the properties that it is asked for.
/// </summary>
internal static class UsageShares
{
    /// <summary>16: of fifty keys three are read for one. With more of them the names that all repeat would outweigh their figures.</summary>
    public const int Count = 16;

    /// <summary>8 KiB: a smaller page is read sooner than it is told apart.</summary>
    public const int MinBytes = 8 * 1024;

    private static readonly string[][] Properties = [.. Enumerable.Range(0, Count).Select(static share => (string[])[.. UsagePages.PropertiesOf(UsagePages.Whole), .. UsagePages.PropertiesOf(NameOf(share))])];

    /// <summary>The same for the same key on every instance, for good: it says where rows have it. Callers without a key are one more key.</summary>
    public static int Of(string? key) => (int)(XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(key ?? "")) % Count);

    /// <summary>Begins the names of a share's properties.</summary>
    public static string NameOf(int share) => string.Create(CultureInfo.InvariantCulture, $"K{share:D2}");

    /// <summary>All properties that a key may stand in: those of its share, and of pages that are not told apart.</summary>
    public static IReadOnlyList<string> PropertiesOf(string key) => Properties[Of(key)];
}
