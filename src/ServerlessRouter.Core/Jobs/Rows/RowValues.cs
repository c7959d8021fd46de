using ServerlessRouter.State;

namespace ServerlessRouter.Jobs.Rows;

/// <summary>Reads what <see cref="RowBuilder"/> may have left out.</summary>
internal static class RowValues
{
    public static string? TextOf(this TableEntity row, string name) => row.Find(name)?.AsString();

    public static DateTimeOffset? TimeOf(this TableEntity row, string name) => row.Find(name)?.AsDateTime();

    public static int NumberOf(this TableEntity row, string name) => row.Find(name)?.AsInt32() ?? 0;

    public static long LongOf(this TableEntity row, string name) => row.Find(name)?.AsInt64() ?? 0;

    public static bool FlagOf(this TableEntity row, string name) => row.Find(name)?.AsBoolean() ?? false;
}
