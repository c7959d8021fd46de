namespace ServerlessRouter.Jobs.Services;

/// <summary>What became of a message.</summary>
/// <param name="Job">The batch it began, or the failed one that keeps the reason.</param>
/// <param name="PoisonReason">Why it is to be laid aside; null when it was accepted.</param>
public sealed record QueueOutcome(Job Job, string? PoisonReason);
