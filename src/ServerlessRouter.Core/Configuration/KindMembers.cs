namespace ServerlessRouter.Configuration;

/// <summary>The members of a provider that only some kinds have; see <see cref="ProviderKind.OwnMembers"/>.</summary>
public static class KindMembers
{
    public const string ApiVersion = "apiVersion";
    public const string Simulation = "simulation";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [ApiVersion, Simulation];
}
