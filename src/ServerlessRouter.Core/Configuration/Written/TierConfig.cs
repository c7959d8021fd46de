namespace ServerlessRouter.Configuration.Written;

/// <summary>A class of callers, as written.</summary>
public sealed record TierConfig
{
    [Member("Routes and models it may ask for. Default: all.")]
    public IReadOnlyList<string?>? Routes { get; init; }

    [Member("Quality floor 0 to 1 on every route. Default: 0.", Minimum = 0, Maximum = 1)]
    public double? MinimumQuality { get; init; }

    [Member("What its callers want most where they do not say: as the header `x-router-prefer`. Default: what the route prefers.", Names = NameTable.CallerPreference)]
    public string? Prefer { get; init; }

    [Member("What is demanded of every provider its callers' requests may go to.")]
    public ConstraintsConfig? Constraints { get; init; }

    [Member("Requests each caller may make in a minute. Default: unbounded.", Minimum = 1)]
    public int? RequestsPerMinute { get; init; }

    [Member("Tokens, prompt and answer, each caller may use in a minute. Default: unbounded.", Minimum = 1)]
    public int? TokensPerMinute { get; init; }

    [Member("The class its callers wait in where no deployment has room: lower is served first, callers of one class are served in turn, and who has waited for half of `server.maxWaitSeconds` joins the first class. Default: 0.", Minimum = 0, Maximum = 9)]
    public int? Priority { get; init; }

    [Member("Requests each caller may have under way at once. Default: unbounded.", Minimum = 1)]
    public int? ConcurrentRequests { get; init; }

    [Member("Whether answers of the Responses API are kept where the request does not say `store`. Default: where the router's state outlives it.")]
    public bool? StoreResponses { get; init; }

    [Member("Whether its callers may ask for the cache of answers, by the header `X-OpenRouter-Cache: true`, on routes that have none. Default: false.")]
    public bool? MayCache { get; init; }

    [Member("Money each caller may spend: one budget, or a list of budgets of different periods that hold together. Default: unbounded.", MayBeOne = true)]
    public IReadOnlyList<BudgetConfig?>? Budget { get; init; }

    [Member("What each session of a caller may use; a request names its session in `session_id` or the header `x-session-id`. Default: unbounded.")]
    public SessionLimitsConfig? Session { get; init; }

    [Member("What each end user behind a caller may use; a request names its end user in `user`, or in the header that `server.endUserHeader` names. Default: unbounded.")]
    public UserLimitsConfig? User { get; init; }

    [Member("What happens to a request for which too little of a limit is left: it is refused (`refuse`); a budget goes on a little further with the cheapest candidate alone (`downgrade`); it waits (`queue`). Default: `refuse`.", TextMember = "action")]
    public AtLimitConfig? AtLimit { get; init; }

    [Member("What is done while the store cannot be reached and how much is left is not known: what this instance was granted is spent, then limits let through and budgets refuse (`lastLease`); let through (`open`); refuse (`closed`). Default: `lastLease`.", Names = NameTable.StoreFailureRule)]
    public string? OnStoreFailure { get; init; }
}
