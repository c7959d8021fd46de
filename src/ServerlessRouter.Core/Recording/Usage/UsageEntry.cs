namespace ServerlessRouter.Recording.Usage;

/// <summary>A part of what a request used.</summary>
public sealed record UsageEntry(UsageDimensions Dimensions, UsageTally Tally);
