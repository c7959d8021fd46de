using System.Globalization;
using ServerlessRouter.State;

namespace ServerlessRouter.Jobs.Rows;

/// <summary>Reads what <see cref="RowBuilder"/> may have left out.</summary>
internal static class RowValues
{
    public static string? TextOf(this TableEntity row, string name) => row.Find(name)?.AsString();

    public static DateTimeOffset? TimeOf(this TableEntity row, string name) => row.Find(name)?.AsDateTime();

    public static int NumberOf(this TableEntity row, string name) => row.Find(name)?.AsInt32() ?? 0;

    public static long LongOf(this TableEntity row, string name) => row.Find(name)?.AsInt64() ?? 0;

    /// <summary>What was cut into parts, put together again; empty when there is none.</summary>
    public static byte[] PartsOf(this TableEntity row, string name)
    {
        byte[] value = [];
        for (var part = 0; row.Find(PartOf(name, part)) is { } found; part++)
            value = [.. value, .. found.AsBinary().Span];
        return value;
    }

    public static string PartOf(string name, int part) => string.Create(CultureInfo.InvariantCulture, $"{name}{part}");

    public static bool FlagOf(this TableEntity row, string name) => row.Find(name)?.AsBoolean() ?? false;
}
