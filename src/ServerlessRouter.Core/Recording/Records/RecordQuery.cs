using System.Buffers.Text;
using System.Globalization;
using System.Text;
using ServerlessRouter.State;

namespace ServerlessRouter.Recording.Records;

/// <summary>Which records are asked for.</summary>
public sealed record RecordQuery
{
    public required DateTimeOffset From { get; init; }

    /// <summary>Not part of what is asked for.</summary>
    public required DateTimeOffset To { get; init; }

    /// <summary>Whose: the name of a key, or empty for callers without one; null for those of all callers.</summary>
    public string? Key { get; init; }

    /// <summary>What they must be like beside that.</summary>
    public RecordFilter Filter { get; init; } = RecordFilter.None;

    /// <summary>The most records in a page.</summary>
    public required int Limit { get; init; }

    /// <summary>Where the page before ended; null for the first.</summary>
    public RecordCursor? After { get; init; }
}

/// <summary>A place in the list of records: a day, and the row in it that was the last.</summary>
public sealed record RecordCursor
{
    private const string Format = "yyyyMMdd";
    private const int EarliestYear = 2000;

    internal RecordCursor(DateTimeOffset day, string rowKey) => (Day, RowKey) = (day, rowKey);

    internal DateTimeOffset Day { get; }

    /// <summary>Empty for the beginning of the day's list.</summary>
    internal string RowKey { get; }

    /// <summary>What <see cref="ToString"/> wrote; null for any other text.</summary>
    public static RecordCursor? Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var bytes = new byte[text.Length];
        if (!Base64Url.IsValid(text) || !Base64Url.TryDecodeFromChars(text, bytes, out var length))
            return null;
        var written = Encoding.UTF8.GetString(bytes, 0, length);
        return written.Length >= Format.Length && DateTime.TryParseExact(written.AsSpan(0, Format.Length), Format, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day.Year >= EarliestYear
            && written.Length <= Format.Length + TableLimits.KeyCharacters && !written.Any(TableLimits.IsForbiddenInKey)
            ? new RecordCursor(new DateTimeOffset(day, TimeSpan.Zero), written[Format.Length..])
            : null;
    }

    /// <summary>An opaque text for URLs.</summary>
    public override string ToString() => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(Day.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture) + RowKey));
}
