namespace ServerlessRouter.Configuration.Written;

/// <summary>What an end user may use, as written.</summary>
public sealed record UserLimitsConfig
{
    [Member("USD each end user may spend in a period. Default: unbounded.", Minimum = 0.000001, Maximum = 1_000_000_000)]
    public decimal? Usd { get; init; }

    [Member("The period of `usd`; it ends at its UTC calendar boundary.", Names = NameTable.BudgetPeriod)]
    public string? Per { get; init; }

    [Member("Requests each end user may make in a minute. Default: unbounded.", Minimum = 1)]
    public int? RequestsPerMinute { get; init; }

    [Member("Tokens, prompt and answer, each end user may use in a minute. Default: unbounded.", Minimum = 1)]
    public int? TokensPerMinute { get; init; }

    [Member("Requests each end user may have under way at once. Default: unbounded.", Minimum = 1)]
    public int? ConcurrentRequests { get; init; }
}
