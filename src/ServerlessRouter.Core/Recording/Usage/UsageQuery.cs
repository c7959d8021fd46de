using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace ServerlessRouter.Recording.Usage;

/// <summary>Which usage is asked for, and how it is added up.</summary>
public sealed record UsageQuery
{
    /// <summary>The beginning of a UTC day, or of an hour where it is told by the hour.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>The first day or hour that is not asked for.</summary>
    public required DateTimeOffset To { get; init; }

    public UsageBucket Bucket { get; init; }

    public UsageGroups Groups { get; init; }

    /// <summary>Whose usage: the name of a key, or empty for callers without one; null for those of all callers.</summary>
    public string? Key { get; init; }

    /// <summary>Null for every route.</summary>
    public string? Route { get; init; }

    /// <summary>Null for every model.</summary>
    public string? Model { get; init; }

    /// <summary>The most sums in a page.</summary>
    public required int Limit { get; init; }

    /// <summary>Where the page before ended; null for the first.</summary>
    public UsageCursor? After { get; init; }

    internal bool Asks(in UsageDimensions dimensions) =>
        (Key is null || Key == (dimensions.Key ?? "")) && (Route is null || Route == dimensions.Route) && (Model is null || Model == dimensions.Model);

    /// <summary>The dimensions that are told apart; the others are left out.</summary>
    internal UsageDimensions Group(in UsageDimensions dimensions) => new()
    {
        Key = Groups.HasFlag(UsageGroups.Key) ? dimensions.Key : null,
        Route = Groups.HasFlag(UsageGroups.Route) ? dimensions.Route : null,
        Model = Groups.HasFlag(UsageGroups.Model) ? dimensions.Model : null,
        Deployment = Groups.HasFlag(UsageGroups.Deployment) ? dimensions.Deployment : null,
        Status = Groups.HasFlag(UsageGroups.Status) ? dimensions.Status : 0,
    };
}

/// <summary>The spans usage is told by.</summary>
public enum UsageBucket
{
    Day,
    Hour,
}

/// <summary>What usage is told apart by, beside time.</summary>
[Flags]
public enum UsageGroups
{
    None = 0,
    Key = 1,
    Route = 2,
    Model = 4,
    Deployment = 8,
    Status = 16,
}

/// <summary>A place in a list of usage: behind one sum.</summary>
public sealed record UsageCursor
{
    private const string Format = "yyyyMMddHH";
    private readonly string _group;

    private UsageCursor(DateTimeOffset from, string group) => (From, _group) = (from, group);

    /// <summary>The beginning of the sum's span.</summary>
    public DateTimeOffset From { get; }

    /// <summary>Before everything of this time.</summary>
    public static UsageCursor Before(DateTimeOffset from) => new(from, "");

    public static UsageCursor Behind(UsageSum sum)
    {
        ArgumentNullException.ThrowIfNull(sum);
        return new(sum.From, KeyOf(sum.Group));
    }

    /// <summary>What <see cref="ToString"/> wrote; null for any other text.</summary>
    public static UsageCursor? Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var bytes = new byte[text.Length];
        if (!Base64Url.IsValid(text) || !Base64Url.TryDecodeFromChars(text, bytes, out var length))
            return null;
        var written = Encoding.UTF8.GetString(bytes, 0, length);
        return written.Length >= Format.Length && DateTime.TryParseExact(written.AsSpan(0, Format.Length), Format, CultureInfo.InvariantCulture, DateTimeStyles.None, out var hour)
            ? new UsageCursor(new DateTimeOffset(hour, TimeSpan.Zero), written[Format.Length..])
            : null;
    }

    /// <summary>An opaque text for URLs.</summary>
    public override string ToString() => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(From.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture) + _group));

    /// <summary>The sum was given already.</summary>
    internal bool IsPast(UsageSum sum) => sum.From < From || (sum.From == From && string.CompareOrdinal(KeyOf(sum.Group), _group) <= 0);

    /// <summary>Orders the groups of one span.</summary>
    internal static string KeyOf(in UsageDimensions group) => string.Create(CultureInfo.InvariantCulture, $"{group.Key}\n{group.Route}\n{group.Model}\n{group.Deployment}\n{group.Status}");
}

/// <summary>What was used in a span of time, for one value of each dimension that is told apart.</summary>
public sealed record UsageSum(DateTimeOffset From, DateTimeOffset To, UsageDimensions Group, UsageTally Tally);
