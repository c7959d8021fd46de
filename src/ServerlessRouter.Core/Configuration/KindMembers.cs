using ServerlessRouter.Configuration.Written;

namespace ServerlessRouter.Configuration;

/// <summary>The members of a provider that only some kinds have; see <see cref="ProviderKind.OwnMembers"/>.</summary>
public static class KindMembers
{
    public const string ApiVersion = "apiVersion";
    public const string Simulation = "simulation";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [ApiVersion, Simulation];

    /// <summary>Those that are written for a provider.</summary>
    internal static IEnumerable<string> In(ProviderConfig provider)
    {
        if (provider.ApiVersion is not null)
            yield return ApiVersion;
        if (provider.Simulation is not null)
            yield return Simulation;
    }
}
