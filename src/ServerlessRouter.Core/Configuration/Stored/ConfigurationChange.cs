using System.Collections.Immutable;

namespace ServerlessRouter.Configuration.Stored;

/// <summary>What became of a wish to change the active configuration.</summary>
public abstract record ConfigurationChange
{
    private ConfigurationChange()
    {
    }

    /// <summary>The version is active: every instance follows within its refresh interval, and this one does already.</summary>
    /// <param name="Version">The active version.</param>
    /// <param name="Previous">The one before; null when it is the first.</param>
    /// <param name="Warnings">What is allowed and probably not meant.</param>
    public sealed record Activated(string Version, string? Previous, ImmutableArray<ConfigurationProblem> Warnings) : ConfigurationChange;

    /// <summary>It has errors; what was active still is.</summary>
    public sealed record Refused(ImmutableArray<ConfigurationProblem> Errors) : ConfigurationChange;

    /// <summary>Another version is active than the one the change was meant for; null when none is.</summary>
    public sealed record Conflict(string? ActiveVersion) : ConfigurationChange;

    /// <summary>There is no such version.</summary>
    public sealed record UnknownVersion(string Version) : ConfigurationChange;
}
