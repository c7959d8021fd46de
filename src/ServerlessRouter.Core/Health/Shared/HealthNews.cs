namespace ServerlessRouter.Health.Shared;

/// <summary>A transition of this instance that the others have yet to hear of.</summary>
/// <param name="OpenedBecause">Null when the breaker closed.</param>
/// <param name="OpenUntil">UTC.</param>
/// <param name="At">UTC, when it happened.</param>
internal sealed record HealthNews(BreakerCause? OpenedBecause, DateTimeOffset OpenUntil, DateTimeOffset At);
