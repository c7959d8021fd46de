using ServerlessRouter.Configuration;

namespace ServerlessRouter.Routing.Preferences;

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
