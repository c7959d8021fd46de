namespace ServerlessRouter.Recording.Usage;

/// <summary>
/// Keeps names that callers choose freely from filling the store: so many models asked for are told apart in an hour, and so many combinations with tasks and models asked; what is new beyond
/// counts as <see cref="Other"/>. All other names are the configuration's and those of keys, which an administrator issues.
/// </summary>
internal sealed class UsageFolding
{
    /// <summary>Stands for names that are told apart no further.</summary>
    public const string Other = "other";

    /// <summary>200 an hour and instance: more than a router has routes and models, and few enough for a chart.</summary>
    public const int MaxModelsAsked = 200;

    /// <summary>10,000 an hour and instance: some 2 MiB of rows.</summary>
    public const int MaxCombinations = 10_000;

    private const int MaxNameLength = 128;

    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);
    private readonly HashSet<UsageDimensions> _combinations = [];
    private DateTimeOffset _hour;

    /// <summary>The dimensions that an entry counts with.</summary>
    public UsageDimensions Fold(in UsageEntry entry)
    {
        if (entry.Hour != _hour)
        {
            _hour = entry.Hour;
            _asked.Clear();
            _combinations.Clear();
        }

        var dimensions = entry.Dimensions with { ModelAsked = FoldAsked(entry.Dimensions.ModelAsked) };
        if (_combinations.Contains(dimensions))
            return dimensions;
        if (_combinations.Count < MaxCombinations)
            _combinations.Add(dimensions);
        else
            dimensions = dimensions with { ModelAsked = Other, Task = Other };
        return dimensions;
    }

    /// <summary>A caller can write anything where a name belongs.</summary>
    public static string Short(string name) => name.Length <= MaxNameLength ? name : name[..MaxNameLength];

    private string? FoldAsked(string? asked)
    {
        if (asked is null || _asked.Contains(asked))
            return asked;
        return _asked.Count < MaxModelsAsked && _asked.Add(asked) ? asked : Other;
    }
}
