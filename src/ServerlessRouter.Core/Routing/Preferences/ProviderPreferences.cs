using System.Collections.Immutable;
using ServerlessRouter.Domain;
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

/// <summary>What a request prefers of the percentiles of a figure; null where it says nothing.</summary>
internal readonly record struct PercentileGoals(double? P50, double? P75, double? P90, double? P99)
{
    public bool IsEmpty => P50 is null && P75 is null && P90 is null && P99 is null;

    /// <summary>Whether one of them is known to lie below its goal.</summary>
    public bool Miss(in Percentiles known) => known.IsKnown && (known.P50 < P50 || known.P75 < P75 || known.P90 < P90 || known.P99 < P99);

    /// <summary>Whether one of them is known to lie above its goal.</summary>
    public bool Exceed(in Percentiles known) => known.IsKnown && (known.P50 > P50 || known.P75 > P75 || known.P90 > P90 || known.P99 > P99);
}

/// <summary><c>provider.max_price</c>: USD per million tokens, and per request. Images and audio have no price of their own, so their ceilings remove nothing.</summary>
internal sealed record PriceCeiling(decimal? Prompt, decimal? Completion, decimal? Request)
{
    /// <summary>What the price breaks, with the figures; null when it breaks nothing.</summary>
    public string? BrokenBy(ModelPrice price)
    {
        if (price.InputPerMillion > Prompt)
            return $"prompt {price.InputPerMillion} > {Prompt} USD per million";
        if (price.OutputPerMillion > Completion)
            return $"completion {price.OutputPerMillion} > {Completion} USD per million";
        return price.PerRequest > Request ? $"request {price.PerRequest} > {Request} USD" : null;
    }
}
