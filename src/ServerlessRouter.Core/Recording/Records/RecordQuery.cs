namespace ServerlessRouter.Recording.Records;

/// <summary>Which records are asked for.</summary>
public sealed record RecordQuery
{
    public required DateTimeOffset From { get; init; }

    /// <summary>Not part of what is asked for.</summary>
    public required DateTimeOffset To { get; init; }

    /// <summary>Whose: the name of a key, or empty for callers without one; null for those of all callers.</summary>
    public string? Key { get; init; }

    /// <summary>The most records in a page.</summary>
    public required int Limit { get; init; }

    /// <summary>Where the page before ended; null for the first.</summary>
    public RecordCursor? After { get; init; }
}
