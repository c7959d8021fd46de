using System.Collections.Frozen;
using System.Collections.Immutable;

namespace ServerlessRouter.Domain;

/// <summary>What is changed in a request's top-level parameters for one model, because vendors differ.</summary>
/// <param name="Renames">Old name to new name.</param>
/// <param name="Drops">Names that are left out.</param>
/// <param name="Defaults">Name and raw JSON value, sent where the request has none.</param>
/// <param name="Caps">Name and the largest number let through.</param>
public sealed record ParameterAdaptation(
    FrozenDictionary<string, string> Renames, FrozenSet<string> Drops, ImmutableArray<KeyValuePair<string, byte[]>> Defaults, FrozenDictionary<string, double> Caps)
{
    /// <summary>Nothing is changed.</summary>
    public static readonly ParameterAdaptation Nothing =
        new(FrozenDictionary<string, string>.Empty, FrozenSet<string>.Empty, [], FrozenDictionary<string, double>.Empty);

    /// <summary>The values of <c>reasoning_effort</c> that the model takes; another is replaced by the nearest. None where every value goes up.</summary>
    public ImmutableArray<string> Efforts { get; init; } = [];

    /// <summary>Nothing is changed.</summary>
    public bool IsEmpty => Efforts.IsEmpty && Renames.Count == 0 && Drops.Count == 0 && Defaults.IsEmpty && Caps.Count == 0;
}

/// <summary>The levels of <c>reasoning_effort</c>.</summary>
public static class ReasoningEfforts
{
    /// <summary>Does not think.</summary>
    public const string None = "none";

    /// <summary>Least first; <c>default</c> is what some vendors call the only one they have.</summary>
    private static readonly string[] Order = [None, "minimal", "low", "medium", "high", "xhigh", "max"];

    /// <summary>
    /// The level of those taken that is nearest to the one asked for, the lower of two; thinking is not switched off nor on for it where that can be helped. Null for a level that is not known, which
    /// is the vendor's to judge.
    /// </summary>
    public static string? Nearest(string asked, ImmutableArray<string> taken)
    {
        if (taken.Contains(asked))
            return asked;
        var place = Array.IndexOf(Order, asked);
        if (place < 0)
            return null;
        var thinking = taken.Where(static level => level != None).ToList();
        return (thinking.Count == 0 ? taken : thinking.AsEnumerable()).OrderBy(level => Math.Abs(PlaceOf(level) - place)).ThenBy(PlaceOf).FirstOrDefault();
    }

    private static int PlaceOf(string level) => level == "default" ? Array.IndexOf(Order, "medium") : Array.IndexOf(Order, level);
}
