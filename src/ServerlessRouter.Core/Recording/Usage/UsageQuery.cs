namespace ServerlessRouter.Recording.Usage;

/// <summary>Which usage is asked for, and how it is added up.</summary>
public sealed record UsageQuery
{
    /// <summary>The beginning of a span that it is told by; of a minute for the whole window.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>The first time that is not asked for.</summary>
    public required DateTimeOffset To { get; init; }

    public UsageBucket Bucket { get; init; }

    public UsageGroups Groups { get; init; }

    /// <summary>Names of the tags whose values are told apart, in ordinal order.</summary>
    public IReadOnlyList<string> TagNames { get; init; } = [];

    /// <summary>Whose usage: the name of a key, or empty for callers without one; null for those of all callers.</summary>
    public string? Key { get; init; }

    /// <summary>Null for every tier, as with the others below; empty for what has none.</summary>
    public string? Tier { get; init; }

    public string? Route { get; init; }

    public string? ModelAsked { get; init; }

    public string? Model { get; init; }

    public string? Deployment { get; init; }

    public string? Provider { get; init; }

    public string? Task { get; init; }

    public int? Status { get; init; }

    /// <summary>Values that tags must have, by name.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Tags { get; init; } = [];

    /// <summary>The most sums in a page.</summary>
    public required int Limit { get; init; }

    /// <summary>Where the page before ended; null for the first.</summary>
    public UsageCursor? After { get; init; }

    /// <summary>The dimensions that it takes to answer.</summary>
    internal UsageGroups Needed => (Groups & ~UsageGroups.Arm)
        | Of(Key, UsageGroups.Key) | Of(Tier, UsageGroups.Tier) | Of(Route, UsageGroups.Route) | Of(ModelAsked, UsageGroups.ModelAsked) | Of(Model, UsageGroups.Model)
        | Of(Deployment, UsageGroups.Deployment) | Of(Provider, UsageGroups.Provider) | Of(Task, UsageGroups.Task) | (Status is null ? UsageGroups.None : UsageGroups.Status)
        | (Tags.Count + TagNames.Count > 0 ? UsageGroups.Tags : UsageGroups.None);

    internal bool Asks(in UsageDimensions dimensions)
    {
        if (!Is(Key, dimensions.Key) || !Is(Tier, dimensions.Tier) || !Is(Route, dimensions.Route) || !Is(ModelAsked, dimensions.ModelAsked) || !Is(Model, dimensions.Model)
            || !Is(Deployment, dimensions.Deployment) || !Is(Task, dimensions.Task) || (Status is { } status && status != dimensions.Status)
            || (Provider is not null && !Is(Provider, dimensions.ProviderCalled)))
            return false;
        foreach (var (name, value) in Tags)
        {
            if (!Is(value, UsageTags.ValueOf(dimensions.Tags, name)))
                return false;
        }

        return true;
    }

    /// <summary>The dimensions that are told apart; the others are left out.</summary>
    internal UsageDimensions Group(in UsageDimensions dimensions)
    {
        var group = dimensions.Only(Groups & ~(UsageGroups.Tags | UsageGroups.PriceVersion));
        if (Groups.HasFlag(UsageGroups.Provider))
            group = group with { Provider = dimensions.ProviderCalled };
        return TagNames.Count == 0 ? group : group with { Tags = UsageTags.Only(dimensions.Tags, TagNames) };
    }

    /// <summary>The beginning of the span that a time lies in.</summary>
    internal DateTimeOffset StartOf(DateTimeOffset time) => Bucket switch
    {
        UsageBucket.Minute => time,
        UsageBucket.Hour => UsageTables.HourOf(time),
        UsageBucket.Day => UsageTables.DayOf(time),
        UsageBucket.Window => From,
    };

    /// <summary>The end of so many spans from the beginning of one; of minutes, five times as many, for they stand in one row.</summary>
    internal DateTimeOffset EndOfMany(DateTimeOffset from, int spans) => Bucket switch
    {
        UsageBucket.Minute => UsageShelf.SlotOf(from).AddMinutes((double)UsageShelf.SlotMinutes * spans),
        UsageBucket.Hour => from.AddHours(spans),
        UsageBucket.Day => from.AddDays(spans),
        UsageBucket.Window => To,
    };

    /// <summary>The end of the span that begins then.</summary>
    internal DateTimeOffset EndOf(DateTimeOffset from) => Bucket == UsageBucket.Minute ? from.AddMinutes(1) : EndOfMany(from, 1);

    private static UsageGroups Of(string? filter, UsageGroups group) => filter is null ? UsageGroups.None : group;

    private static bool Is(string? filter, string? value) => filter is null || filter == (value ?? "");
}

/// <summary>The spans usage is told by.</summary>
public enum UsageBucket
{
    Day,
    Hour,
    Minute,

    /// <summary>One sum over all that is asked for.</summary>
    Window,
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
    Tier = 32,
    ModelAsked = 64,
    Provider = 128,
    Task = 256,

    /// <summary>The tags of the keys, of which a query names some.</summary>
    Tags = 512,

    /// <summary>The arm of an experiment; there are none yet.</summary>
    Arm = 1024,

    /// <summary>Kept with the rest, and told by no query.</summary>
    PriceVersion = 2048,
}

/// <summary>What was used in a span of time, for one value of each dimension that is told apart.</summary>
public sealed record UsageSum(DateTimeOffset From, DateTimeOffset To, UsageDimensions Group, UsageTally Tally)
{
    /// <summary>How long requests took.</summary>
    public UsageTimes Times { get; init; } = new();
}
