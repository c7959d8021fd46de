using System.Globalization;
using ServerlessRouter.State;
using Cell = System.Collections.Generic.KeyValuePair<(int Minute, ServerlessRouter.Recording.Usage.UsageDimensions Dimensions), ServerlessRouter.Recording.Usage.UsageCell>;

namespace ServerlessRouter.Recording.Usage;

/// <summary>Pages of usage as rows: a page is cut into properties of at most 60 KiB, and figures that need more than a row are spread over several pages.</summary>
/// <remarks>
/// <code>
/// P00 P01 ..           a page in one piece
/// K0000 .. K1500 ..    a page of sums that is large and tells keys apart, as a piece for each share of the keys
/// </code>
/// </remarks>
internal static class UsagePages
{
    /// <summary>600 KiB: three pages and what base64 adds to them fit into a transaction.</summary>
    public const int MaxBytes = 600 * 1024;

    /// <summary>Begins the names of the properties of a page in one piece.</summary>
    public const string Whole = "P";

    private const int PropertyBytes = 60 * 1024;
    private const int MaxParts = MaxBytes / PropertyBytes;

    /// <summary>Digits behind what all properties of a piece begin with.</summary>
    private const int PlaceDigits = 2;

    public static TableEntity Row(string partition, string rowKey, byte[] page) => Row(partition, rowKey, [new Piece(Whole, page)]);

    /// <summary>The figures in as many pages as they need; none for none.</summary>
    public static List<byte[]> Write(UsageBook book) => Split(book, static cells => UsageBytes.Write(cells), static page => page.Length);

    /// <summary>The rows of a sum by a view: as many as it needs, under a key and their numbers.</summary>
    public static IEnumerable<TableEntity> Rows(string partition, string key, UsageBook book, UsageView view) =>
        Split(book, cells => Pieces(cells, view), static pieces => pieces.Sum(static piece => piece.Bytes.Length))
            .Select((pieces, number) => Row(partition, string.Create(CultureInfo.InvariantCulture, $"{key}{number}"), pieces));

    /// <summary>Adds the figures of a row, or of those of its properties that were read.</summary>
    public static void Read(TableEntity row, Func<int, UsageDimensions, UsageCell?> find)
    {
        var parts = row.Properties.ToArray();
        for (var (from, end) = (0, 0); from < parts.Length; from = end)
        {
            while (end < parts.Length && PieceOf(parts[end].Key).SequenceEqual(PieceOf(parts[from].Key)))
                end++;
            // Of a piece in one property nothing is copied.
            UsageBytes.Read(end == from + 1 ? parts[from].Value.AsBinary().Span : Join(parts.AsSpan(from..end)), find);
        }
    }

    /// <summary>All properties that a piece may have.</summary>
    public static IEnumerable<string> PropertiesOf(string piece) => Enumerable.Range(0, MaxParts).Select(place => Property(piece, place));

    private static string Property(string piece, int place) => string.Create(CultureInfo.InvariantCulture, $"{piece}{place:D2}");

    private static ReadOnlySpan<char> PieceOf(string property) => property.AsSpan(0, property.Length - PlaceDigits);

    private static TableEntity Row(string partition, string rowKey, IEnumerable<Piece> pieces)
    {
        var values = new Dictionary<string, TableValue>(StringComparer.Ordinal);
        foreach (var (name, bytes) in pieces)
        {
            for (var place = 0; place * PropertyBytes < bytes.Length; place++)
                values[Property(name, place)] = TableValue.From(bytes.AsSpan(place * PropertyBytes, Math.Min(PropertyBytes, bytes.Length - (place * PropertyBytes))));
        }

        return new TableEntity(partition, rowKey) { Properties = values };
    }

    private static List<Piece> Pieces(ArraySegment<Cell> cells, UsageView view)
    {
        var page = UsageBytes.Write(cells);
        if (page.Length < UsageShares.MinBytes || !view.Holds.HasFlag(UsageGroups.Key))
            return [new Piece(Whole, page)];
        return [.. cells.GroupBy(static cell => UsageShares.Of(cell.Key.Dimensions.Key)).Select(static share => new Piece(UsageShares.NameOf(share.Key), UsageBytes.WriteShare(share)))];
    }

    private static List<TPage> Split<TPage>(UsageBook book, Func<ArraySegment<Cell>, TPage> write, Func<TPage, int> bytesOf)
    {
        var pages = new List<TPage>();
        if (book.Count > 0)
            Split(pages, book.Cells.ToArray(), write, bytesOf);
        return pages;
    }

    private static void Split<TPage>(List<TPage> pages, ArraySegment<Cell> cells, Func<ArraySegment<Cell>, TPage> write, Func<TPage, int> bytesOf)
    {
        var page = write(cells);
        if (bytesOf(page) <= MaxBytes || cells.Count == 1)
        {
            pages.Add(page);
            return;
        }

        Split(pages, cells[..(cells.Count / 2)], write, bytesOf);
        Split(pages, cells[(cells.Count / 2)..], write, bytesOf);
    }

    private static ReadOnlySpan<byte> Join(ReadOnlySpan<KeyValuePair<string, TableValue>> parts)
    {
        var whole = new MemoryStream();
        foreach (var (_, part) in parts)
            whole.Write(part.AsBinary().Span);
        return whole.GetBuffer().AsSpan(0, (int)whole.Length);
    }

    /// <summary>What is read together.</summary>
    private readonly record struct Piece(string Name, byte[] Bytes);
}
