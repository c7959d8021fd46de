using System.Collections.Immutable;
using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Routing.Preferences;

/// <summary>
/// What a request's <c>provider</c> object, its routes and its tier mean for single deployments: which may be called, and which go first.
/// </summary>
internal sealed class ProviderFilter(
    ProviderPreferences preferences, CandidateSort? sort, RequiredParameters? requiredParameters, ImmutableArray<ConstraintsModel> constraints, IDeploymentVitals vitals)
    : IDeploymentFilter
{
    // A rank is the place in provider.order, then whether a preferred_* is missed, then the figure sorted by.
    private const int PlaceShift = 23;
    private const int MissedPreference = 1 << 22;
    private const int WorstFigure = MissedPreference - 1;
    private const double TenthsPerToken = 10;
    private const double MillisecondsPerSecond = 1000;

    public bool Allows(LanguageModel model, DeploymentModel deployment) => Refusal(model, deployment) is null;

    public int Rank(LanguageModel model, DeploymentModel deployment)
    {
        var known = vitals.Of(deployment);
        return (PlaceInOrder(deployment.Provider) << PlaceShift) | (MissesPreference(deployment) ? MissedPreference : 0) | Figure(known);
    }

    /// <summary>Whether the deployment is known to miss <c>preferred_min_throughput</c> or <c>preferred_max_latency</c>.</summary>
    public bool MissesPreference(DeploymentModel deployment)
    {
        if (preferences.PreferredTokensPerSecond.IsEmpty && preferences.PreferredFirstTokenSeconds.IsEmpty)
            return false;
        var known = vitals.PercentilesOf(deployment);
        return preferences.PreferredTokensPerSecond.Miss(known.TokensPerSecond) || preferences.PreferredFirstTokenSeconds.Exceed(known.FirstTokenSeconds);
    }

    /// <summary>Why the model may not be called at all with a prompt of this length; null when one of its deployments may.</summary>
    public Exclusion? Exclude(LanguageModel model, int promptTokens)
    {
        if (preferences.MaxPrice?.BrokenBy(model.Price.At(promptTokens)) is { } price)
            return new Exclusion(model.Name, ExclusionReason.MaxPrice, price);

        // Of several reasons the one told is what removed the deployments that the provider filter had left.
        (ExclusionReason Reason, string Detail)? told = null;
        foreach (var deployment in model.Deployments)
        {
            if (Refusal(model, deployment) is not { } refusal)
                return null;
            if (told is null or { Reason: ExclusionReason.ProviderFilter })
                told = refusal;
        }

        return told is { } why ? new Exclusion(model.Name, why.Reason, why.Detail) : null;
    }

    private (ExclusionReason Reason, string Detail)? Refusal(LanguageModel model, DeploymentModel deployment)
    {
        var provider = deployment.Provider;
        if (!preferences.Only.IsEmpty && !Lists(preferences.Only, provider))
            return RefusedBy(preferences.Only, provider, "provider.only");
        if (Lists(preferences.Ignore, provider))
            return (ExclusionReason.ProviderFilter, "provider.ignore");
        if (!preferences.AllowsFallbacks && !preferences.Order.IsEmpty && !Lists(preferences.Order, provider))
            return RefusedBy(preferences.Order, provider, "provider.order with allow_fallbacks: false");
        foreach (var constraint in constraints)
        {
            if (constraint.Refusal(provider) is { } refusal)
                return refusal;
        }

        if (preferences.DeniesDataCollection && provider.CollectsData)
            return (ExclusionReason.Privacy, "data_collection: deny");
        if (preferences.RequiresZeroDataRetention && !provider.HasZeroDataRetention)
            return (ExclusionReason.Privacy, "zdr");
        return requiredParameters?.FirstMissing(model, deployment) is { } parameter ? (ExclusionReason.RequiredParameters, parameter) : null;
    }

    private static (ExclusionReason Reason, string Detail) RefusedBy(ImmutableArray<string> slugs, ProviderModel provider, string field)
    {
        foreach (var slug in slugs)
        {
            if (ProviderSlug.MatchesOtherRegion(slug, provider))
                return (ExclusionReason.Region, $"{field} {slug}");
        }

        return (ExclusionReason.ProviderFilter, field);
    }

    private static bool Lists(ImmutableArray<string> slugs, ProviderModel provider)
    {
        foreach (var slug in slugs)
        {
            if (ProviderSlug.Matches(slug, provider))
                return true;
        }

        return false;
    }

    private int PlaceInOrder(ProviderModel provider)
    {
        for (var place = 0; place < preferences.Order.Length; place++)
        {
            if (ProviderSlug.Matches(preferences.Order[place], provider))
                return place;
        }

        return preferences.Order.Length;
    }

    /// <summary>0 for the best and for what was never measured: that is tried, and then it is measured.</summary>
    private int Figure(in DeploymentVitals known) => sort switch
    {
        CandidateSort.Throughput when known.TokensPerSecond > 0 => WorstFigure - (int)Math.Min(known.TokensPerSecond * TenthsPerToken, WorstFigure),
        CandidateSort.Latency => (int)Math.Min(known.FirstTokenSeconds * MillisecondsPerSecond, WorstFigure),
        _ => 0,
    };
}

/// <summary>
/// How requests name providers: <c>azure</c>, or <c>azure/eastus2</c> for one region of it. A base slug matches every region; case does not count.
/// </summary>
internal static class ProviderSlug
{
    public static bool Matches(string slug, ProviderModel provider)
    {
        if (MatchesBase(slug, provider.Name))
            return true;
        return provider.Region is { } region
            && slug.Length == provider.Name.Length + 1 + region.Length
            && slug[provider.Name.Length] == '/'
            && slug.StartsWith(provider.Name, StringComparison.OrdinalIgnoreCase)
            && slug.EndsWith(region, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Whether the slug asks for another region of this provider.</summary>
    public static bool MatchesOtherRegion(string slug, ProviderModel provider)
    {
        var slash = slug.LastIndexOf('/');
        return slash > 0 && !Matches(slug, provider) && MatchesBase(slug.AsSpan(0, slash), provider.Name);
    }

    private static bool MatchesBase(ReadOnlySpan<char> slug, string provider) =>
        provider.AsSpan().StartsWith(slug, StringComparison.OrdinalIgnoreCase) && (provider.Length == slug.Length || provider[slug.Length] == '/');
}
