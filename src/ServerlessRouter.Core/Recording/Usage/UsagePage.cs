namespace ServerlessRouter.Recording.Usage;

/// <summary>One page of usage, oldest first; it may be short and still have a next one.</summary>
public sealed record UsagePage(IReadOnlyList<UsageSum> Sums, UsageCursor? Next);
