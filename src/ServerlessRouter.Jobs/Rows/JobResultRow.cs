using System.Globalization;
using ServerlessRouter.State;

namespace ServerlessRouter.Jobs.Rows;

/// <summary>A result beside its item, cut into properties.</summary>
internal static class JobResultRow
{
    /// <summary>12 properties of 64 KiB leave room for names in a row of 1 MiB, and for the transaction it is written in.</summary>
    public const int MaxBytes = 12 * TableLimits.PropertyBytes;

    public static TableEntity Write(JobItem item, ReadOnlySpan<byte> result)
    {
        var properties = new Dictionary<string, TableValue>();
        for (var at = 0; at < result.Length; at += TableLimits.PropertyBytes)
            properties[Name(properties.Count)] = TableValue.From(result.Slice(at, Math.Min(TableLimits.PropertyBytes, result.Length - at)));
        return new TableEntity(JobTables.ItemsPartition(item.JobId, JobTables.ChunkOf(item.Index)), JobTables.ResultKey(item.Index)) { Properties = properties };
    }

    /// <summary>Fills the result, whose length the item's row tells; false when the row does not hold as much.</summary>
    public static bool TryRead(TableEntity row, Span<byte> result)
    {
        for (var part = 0; !result.IsEmpty; part++)
        {
            if (row.Find(Name(part))?.AsBinary() is not { } data || data.Length > result.Length)
                return false;
            data.Span.CopyTo(result);
            result = result[data.Length..];
        }

        return true;
    }

    private static string Name(int part) => string.Create(CultureInfo.InvariantCulture, $"D{part:D2}");
}
