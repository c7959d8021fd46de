using ServerlessRouter.State;

namespace ServerlessRouter.Recording.Usage;

/// <summary>Pages of usage as rows: a page is cut into properties of at most 60 KiB, and figures that need more than a row are spread over several pages.</summary>
internal static class UsagePages
{
    /// <summary>600 KiB: three pages and what base64 adds to them fit into a transaction.</summary>
    public const int MaxBytes = 600 * 1024;

    private const int PropertyBytes = 60 * 1024;

    public static TableEntity Row(string partition, string rowKey, ReadOnlySpan<byte> page)
    {
        var values = new Dictionary<string, TableValue>(StringComparer.Ordinal);
        for (var place = 0; page.Length > 0; place++)
        {
            var length = Math.Min(page.Length, PropertyBytes);
            values[$"P{place:D2}"] = TableValue.From(page[..length]);
            page = page[length..];
        }

        return new TableEntity(partition, rowKey) { Properties = values };
    }

    /// <summary>The figures in as many pages as they need; none for none.</summary>
    public static List<byte[]> Write(UsageBook book)
    {
        var pages = new List<byte[]>();
        if (book.Count > 0)
            Split(pages, book.Cells.ToArray());
        return pages;
    }

    /// <summary>Adds the figures of a row.</summary>
    public static void Read(TableEntity row, Func<int, UsageDimensions, UsageCell?> find)
    {
        // Of a row of one property nothing is copied.
        if (row.Properties.Count == 1)
        {
            foreach (var (_, only) in row.Properties)
                UsageBytes.Read(only.AsBinary().Span, find);
            return;
        }

        using var whole = new MemoryStream();
        foreach (var (_, part) in row.Properties)
            whole.Write(part.AsBinary().Span);
        if (whole.Length > 0)
            UsageBytes.Read(whole.GetBuffer().AsSpan(0, (int)whole.Length), find);
    }

    private static void Split(List<byte[]> pages, ArraySegment<KeyValuePair<(int Minute, UsageDimensions Dimensions), UsageCell>> cells)
    {
        var page = UsageBytes.Write(cells);
        if (page.Length <= MaxBytes || cells.Count == 1)
        {
            pages.Add(page);
            return;
        }

        Split(pages, cells[..(cells.Count / 2)]);
        Split(pages, cells[(cells.Count / 2)..]);
    }
}
