namespace ServerlessRouter.Configuration.Written;

/// <summary>A limit that callers share, as written.</summary>
public sealed record SharedLimitConfig
{
    [Member("A name of your choice, by which callers and operators are told of it.", IsRequired = true)]
    public string? Name { get; init; }

    [Member("What it is a limit of: exactly one thing.", IsRequired = true)]
    public LimitSubjectConfig? For { get; init; }

    [Member("Requests in a minute. Default: unbounded.", Minimum = 1)]
    public int? RequestsPerMinute { get; init; }

    [Member("Tokens, prompt and answer, in a minute. Default: unbounded.", Minimum = 1)]
    public int? TokensPerMinute { get; init; }

    [Member("Requests under way at once. Default: unbounded.", Minimum = 1)]
    public int? ConcurrentRequests { get; init; }

    [Member("Money that may be spent: one budget, or a list of budgets of different periods. Default: unbounded.", MayBeOne = true)]
    public IReadOnlyList<BudgetConfig?>? Budget { get; init; }

    [Member("What happens to a request for which too little is left, as in a tier. Default: `refuse`.", TextMember = "action")]
    public AtLimitConfig? AtLimit { get; init; }

    [Member("What is done while the store cannot be reached, as in a tier. Default: `lastLease`.", Names = NameTable.StoreFailureRule)]
    public string? OnStoreFailure { get; init; }
}
