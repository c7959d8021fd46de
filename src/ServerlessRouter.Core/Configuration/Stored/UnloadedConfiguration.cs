using System.Collections.Immutable;

namespace ServerlessRouter.Configuration.Stored;

/// <summary>A stored configuration that is active and that this instance cannot load.</summary>
/// <param name="Version">Its version.</param>
/// <param name="Errors">Why not; empty where its text is not whole in the store.</param>
public sealed record UnloadedConfiguration(string Version, ImmutableArray<ConfigurationProblem> Errors);
