using System.Collections.Immutable;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Routing.Preferences;

/// <summary>OpenRouter's <c>provider</c> object: what a request demands and prefers of providers.</summary>
internal sealed record ProviderPreferences
{
    /// <summary>Of a request without the object.</summary>
    public static readonly ProviderPreferences None = new();

    /// <summary>Providers to try first, in this order.</summary>
    public ImmutableArray<string> Order { get; init; } = [];

    /// <summary>Whether providers outside <see cref="Order"/> may follow.</summary>
    public bool AllowsFallbacks { get; init; } = true;

    public bool RequiresParameters { get; init; }

    public bool DeniesDataCollection { get; init; }

    public bool RequiresZeroDataRetention { get; init; }

    /// <summary>Empty allows all.</summary>
    public ImmutableArray<string> Only { get; init; } = [];

    public ImmutableArray<string> Ignore { get; init; } = [];

    public CandidateSort? Sort { get; init; }

    /// <summary><c>sort.partition: none</c>: sorts over all models asked for instead of inside each.</summary>
    public bool SortsAcrossModels { get; init; }

    /// <summary>Deployments known to be slower over the last five minutes go last.</summary>
    public PercentileGoals PreferredTokensPerSecond { get; init; }

    /// <summary>Deployments known to be slower over the last five minutes go last.</summary>
    public PercentileGoals PreferredFirstTokenSeconds { get; init; }

    public PriceCeiling? MaxPrice { get; init; }
}
