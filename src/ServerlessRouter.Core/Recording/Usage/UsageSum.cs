namespace ServerlessRouter.Recording.Usage;

/// <summary>What was used in a span of time, for one value of each dimension that is told apart.</summary>
public sealed record UsageSum(DateTimeOffset From, DateTimeOffset To, UsageDimensions Group, UsageTally Tally);
