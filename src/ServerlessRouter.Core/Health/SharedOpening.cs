namespace ServerlessRouter.Health;

/// <summary>An open breaker as the instances share it.</summary>
/// <param name="OpenUntil">UTC; afterwards it is half-open.</param>
/// <param name="Cause">Why it opened.</param>
/// <param name="Openings">How often it opened for this cause without staying closed in between.</param>
/// <param name="IsProbeOurs">This instance holds the lease of the probe.</param>
internal sealed record SharedOpening(DateTimeOffset OpenUntil, BreakerCause Cause, int Openings, bool IsProbeOurs)
{
    /// <summary>The instance that holds it; null where none does.</summary>
    public string? Prober { get; init; }
}
