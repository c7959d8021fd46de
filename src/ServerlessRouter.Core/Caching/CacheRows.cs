using System.Globalization;
using ServerlessRouter.State;

namespace ServerlessRouter.Caching;

/// <summary>Where kept answers stand in the table store.</summary>
/// <remarks>
/// <code>
/// answercache   c.KK    | KEY        an answer, or its beginning: Stamp, Expires, Rows, B00 to B11
///                       | KEY~NN     what does not fit into one row, under the same Stamp
///               x.HOUR  | KEY        by the hour in which it is past its time: Rows
/// </code>
/// KEY is a hash, and so says nothing of the request; the first two digits of it spread the answers. What is past its time is found without reading what is not.
/// </remarks>
internal static class CacheRows
{
    public const string Table = "answercache";

    /// <summary>More than the largest answer takes.</summary>
    public const int MaxRows = 32;

    private const int BytesPerProperty = 60 * 1024;
    private const int PropertiesPerRow = 12;
    private const int BytesPerRow = BytesPerProperty * PropertiesPerRow;
    private const string Stamp = "Stamp";
    private const string Expires = "Expires";
    private const string Rows = "Rows";
    private const string HourFormat = "yyyyMMddHH";
    private const string ExpiryPrefix = "x.";

    public static string Partition(string key) => $"c.{key.AsSpan(0, 2)}";

    /// <summary>The rows of an answer, the first last: once it is there, all are.</summary>
    public static IEnumerable<TableEntity> Write(string key, byte[] bytes, DateTimeOffset expiresAt, string stamp)
    {
        var rows = CountOf(bytes.Length);
        for (var row = rows - 1; row >= 0; row--)
        {
            var values = new Dictionary<string, TableValue> { [Stamp] = stamp };
            if (row == 0)
                (values[Rows], values[Expires]) = (rows, expiresAt);
            var piece = bytes.AsSpan((row * BytesPerRow)..Math.Min(bytes.Length, (row + 1) * BytesPerRow));
            for (var property = 0; !piece.IsEmpty; property++)
            {
                var length = Math.Min(BytesPerProperty, piece.Length);
                values[Property(property)] = TableValue.From(piece[..length]);
                piece = piece[length..];
            }

            yield return new TableEntity(Partition(key), RowKey(key, row)) { Properties = values };
        }
    }

    /// <summary>By which an answer is found once it is past its time.</summary>
    public static TableEntity WriteExpiry(string key, int length, DateTimeOffset expiresAt) =>
        new(ExpiryPrefix + expiresAt.AddHours(1).UtcDateTime.ToString(HourFormat, CultureInfo.InvariantCulture), key) { [Rows] = CountOf(length) };

    /// <summary>Every partition whose answers are past their time, if they were not kept anew.</summary>
    public static TableKeyRange ExpiredAt(DateTimeOffset now) =>
        TableKeyRange.Between(ExpiryPrefix, ExpiryPrefix + now.AddHours(1).UtcDateTime.ToString(HourFormat, CultureInfo.InvariantCulture));

    public static string RowKey(string key, int row) => row == 0 ? key : string.Create(CultureInfo.InvariantCulture, $"{key}~{row:00}");

    public static int RowsOf(TableEntity row) => row.Find(Rows)?.AsInt32() ?? 1;

    public static DateTimeOffset ExpiryOf(TableEntity row) => row.Find(Expires)?.AsDateTime() ?? DateTimeOffset.MinValue;

    /// <summary>The bytes of rows in their order; null where they do not belong together, as while they are written anew.</summary>
    public static byte[]? Read(IReadOnlyList<TableEntity?> rows)
    {
        using var bytes = new MemoryStream();
        foreach (var row in rows)
        {
            if (row?.Find(Stamp)?.AsString() is not { } stamp || stamp != rows[0]![Stamp].AsString())
                return null;
            for (var property = 0; row.Find(Property(property)) is { } piece; property++)
                bytes.Write(piece.AsBinary().Span);
        }

        return bytes.ToArray();
    }

    private static int CountOf(int length) => Math.Max(1, (length + BytesPerRow - 1) / BytesPerRow);

    private static string Property(int number) => string.Create(CultureInfo.InvariantCulture, $"B{number:00}");
}
