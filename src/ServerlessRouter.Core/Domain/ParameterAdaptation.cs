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

    /// <summary>Nothing is changed.</summary>
    public bool IsEmpty => Renames.Count == 0 && Drops.Count == 0 && Defaults.IsEmpty && Caps.Count == 0;
}
