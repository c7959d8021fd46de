using System.Collections.Frozen;
using System.Collections.Immutable;

namespace ServerlessRouter.Configuration;

/// <summary>The limits that callers share, by what they are limits of.</summary>
public sealed class SharedLimits
{
    public static readonly SharedLimits None = new();

    /// <summary>By the name a request asks for.</summary>
    public FrozenDictionary<string, ImmutableArray<LimitModel>> ByRoute { get; init; } = FrozenDictionary<string, ImmutableArray<LimitModel>>.Empty;

    /// <summary>By the model that is called.</summary>
    public FrozenDictionary<string, ImmutableArray<LimitModel>> ByModel { get; init; } = FrozenDictionary<string, ImmutableArray<LimitModel>>.Empty;

    /// <summary>By the caller's tier.</summary>
    public FrozenDictionary<string, ImmutableArray<LimitModel>> ByTier { get; init; } = FrozenDictionary<string, ImmutableArray<LimitModel>>.Empty;

    public ImmutableArray<TagLimits> ByTag { get; init; } = [];

    public bool IsEmpty => ByRoute.Count == 0 && ByModel.Count == 0 && ByTier.Count == 0 && ByTag.IsEmpty;
}

/// <summary>The limits that all keys with a tag share.</summary>
/// <param name="Name">The tag's name.</param>
/// <param name="Value">Its value.</param>
/// <param name="Limits">The limits.</param>
public sealed record TagLimits(string Name, string Value, ImmutableArray<LimitModel> Limits)
{
    /// <summary>The tag in one text.</summary>
    public string Text { get; } = $"{Name}={Value}";

    public bool Has(CallerModel? caller) => caller is not null && caller.Tags.TryGetValue(Name, out var value) && value == Value;
}
