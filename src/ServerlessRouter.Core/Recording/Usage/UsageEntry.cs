namespace ServerlessRouter.Recording.Usage;

/// <summary>A part of what requests used in an hour.</summary>
/// <param name="Hour">The beginning of the UTC hour in which they ended.</param>
/// <param name="Dimensions">What it is told apart by.</param>
/// <param name="Tally">What was used.</param>
public readonly record struct UsageEntry(DateTimeOffset Hour, UsageDimensions Dimensions, UsageTally Tally)
{
    /// <summary>The same calls without the request they were made for, which goes on.</summary>
    public UsageEntry WithoutRequest => this with { Tally = Tally with { Requests = 0, Failures = 0 } };
}
