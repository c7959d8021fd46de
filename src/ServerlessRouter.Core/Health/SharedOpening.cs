namespace ServerlessRouter.Health;

/// <summary>An open breaker as the instances share it.</summary>
/// <param name="OpenUntil">UTC; afterwards it is half-open.</param>
/// <param name="Openings">How often it opened without staying closed for a while in between.</param>
/// <param name="IsProbeOurs">This instance holds the lease of the probe.</param>
internal sealed record SharedOpening(DateTimeOffset OpenUntil, int Openings, bool IsProbeOurs);
