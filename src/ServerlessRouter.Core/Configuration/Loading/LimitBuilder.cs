using System.Collections.Frozen;
using System.Collections.Immutable;
using ServerlessRouter.Configuration.Written;

namespace ServerlessRouter.Configuration.Loading;

/// <summary>Makes the limits that were written at one place.</summary>
/// <param name="prefix">What their names begin with, so that they are unique among all that bear on a subject.</param>
/// <param name="atLimit">What happens at each of them.</param>
/// <param name="onStoreFailure">What is done while the store cannot be reached.</param>
internal readonly struct LimitBuilder(string prefix, AtLimitModel atLimit, StoreFailureRule onStoreFailure)
{
    private const decimal Millionths = 1_000_000;
    private const string KeyPrefix = "key.";

    private readonly string _prefix = prefix;

    private LimitBuilder(string prefix, AtLimitConfig? atLimit, string? onStoreFailure) : this(prefix, AtLimit(atLimit), StoreFailureRules.Parse(onStoreFailure))
    {
    }

    /// <summary>Those of a tier for each of its callers.</summary>
    public static ImmutableArray<LimitModel> OfTier(TierConfig written)
    {
        var builder = new LimitBuilder("", written.AtLimit, written.OnStoreFailure);
        return [.. builder.Rates(written.RequestsPerMinute, written.TokensPerMinute, written.ConcurrentRequests), .. builder.Budgets(written.Budget)];
    }

    /// <summary>Those of a tier for each session.</summary>
    public static ImmutableArray<LimitModel> OfSession(TierConfig written)
    {
        var builder = new LimitBuilder("session.", written.AtLimit, written.OnStoreFailure);
        return
        [
            .. builder.Limit("requests", LimitMeasure.Requests, written.Session?.Requests, LimitWindow.Session),
            .. builder.Limit("budget", LimitMeasure.Money, Micros(written.Session?.Usd), LimitWindow.Session),
        ];
    }

    /// <summary>Those of a tier for each end user.</summary>
    public static ImmutableArray<LimitModel> OfUser(TierConfig written)
    {
        if (written.User is not { } user)
            return [];
        var builder = new LimitBuilder("user.", written.AtLimit, written.OnStoreFailure);
        return
        [
            .. builder.Rates(user.RequestsPerMinute, user.TokensPerMinute, user.ConcurrentRequests),
            .. builder.Limit($"budget.{user.Per}", LimitMeasure.Money, Micros(user.Usd), BudgetPeriods.WindowOf(user.Per ?? "")),
        ];
    }

    /// <summary>Those of a key, which go on at the limit as its tier says.</summary>
    public static ImmutableArray<LimitModel> OfKey(KeyTermsConfig written, TierModel tier)
    {
        var builder = new LimitBuilder(KeyPrefix, tier.AtLimit, tier.OnStoreFailure);
        return [.. builder.Rates(written.RequestsPerMinute, written.TokensPerMinute, written.ConcurrentRequests), .. builder.Budgets(written.Budget)];
    }

    /// <summary>Its budgets alone.</summary>
    public static ImmutableArray<LimitModel> BudgetsOfKey(KeyTermsConfig written, AtLimitModel atLimit) => [.. new LimitBuilder(KeyPrefix, atLimit, default).Budgets(written.Budget)];

    /// <summary>Those that callers share.</summary>
    public static SharedLimits Shared(IReadOnlyList<SharedLimitConfig?>? written)
    {
        if (written is null or [])
            return SharedLimits.None;
        var limits = written.Entries().Select(static entry => entry.Value).ToList();
        return new SharedLimits
        {
            ByRoute = By(limits, static limit => limit.For!.Route),
            ByModel = By(limits, static limit => limit.For!.Model),
            ByTier = By(limits, static limit => limit.For!.Tier),
            ByTag =
            [
                .. limits.Where(static limit => limit.For!.Tag is not null)
                    .GroupBy(static limit => limit.For!.Tag!.Single(), OfOne)
                    .Select(static group => new TagLimits(group.Key.Key, group.Key.Value!, [.. group.SelectMany(static each => each)])),
            ],
        };
    }

    /// <summary>Budgets by which routing spares, beside the limits they are.</summary>
    public static ImmutableArray<BudgetModel> Sparing(IReadOnlyList<BudgetConfig?>? written, ImmutableArray<LimitModel> limits)
    {
        var money = limits.Where(static limit => limit.Measure == LimitMeasure.Money).ToDictionary(static limit => limit.Window);
        return
        [
            .. written.Entries().Select(static entry => entry.Value).Where(static budget => (budget.WhenLow ?? DowngradePolicies.Default) != DowngradePolicies.Keep)
                .Select(budget => new BudgetModel(money[BudgetPeriods.WindowOf(budget.Per!)], budget.WhenLow!, budget.LowBelow ?? BudgetModel.DefaultLowBelow)),
        ];
    }

    /// <summary>What happens at a limit.</summary>
    public static AtLimitModel AtLimit(AtLimitConfig? written) => written switch
    {
        null => AtLimitModel.Refuse,
        { Action: AtLimitActions.Queue } or { QueueSeconds: not null } => new AtLimitModel(AtLimitAction.Queue, Wait: TimeSpan.FromSeconds(written.QueueSeconds ?? AtLimitModel.DefaultQueueSeconds)),
        { Action: AtLimitActions.Downgrade } or { DowngradeUpTo: not null } => new AtLimitModel(AtLimitAction.Downgrade, written.DowngradeUpTo ?? AtLimitModel.DefaultDowngradeUpTo),
        _ => AtLimitModel.Refuse,
    };

    private static FrozenDictionary<string, ImmutableArray<LimitModel>> By(List<SharedLimitConfig> limits, Func<SharedLimitConfig, string?> subject) =>
        limits.Where(limit => subject(limit) is not null)
            .GroupBy(limit => subject(limit)!, OfOne)
            .ToFrozenDictionary(static group => group.Key, static group => group.SelectMany(static each => each).ToImmutableArray());

    private static ImmutableArray<LimitModel> OfOne(SharedLimitConfig written)
    {
        var builder = new LimitBuilder($"{written.Name}.", written.AtLimit, written.OnStoreFailure);
        return [.. builder.Rates(written.RequestsPerMinute, written.TokensPerMinute, written.ConcurrentRequests), .. builder.Budgets(written.Budget)];
    }

    private static long? Micros(decimal? usd) => usd is { } amount ? (long)Math.Ceiling(amount * Millionths) : null;

    private ImmutableArray<LimitModel> Rates(int? requestsPerMinute, int? tokensPerMinute, int? concurrentRequests) =>
    [
        .. Limit("requestsPerMinute", LimitMeasure.Requests, requestsPerMinute, LimitWindow.Minute),
        .. Limit("tokensPerMinute", LimitMeasure.Tokens, tokensPerMinute, LimitWindow.Minute),
        .. Limit("concurrentRequests", LimitMeasure.Concurrency, concurrentRequests, LimitWindow.None),
    ];

    private ImmutableArray<LimitModel> Budgets(IReadOnlyList<BudgetConfig?>? written)
    {
        var builder = this;
        return [.. written.Entries().SelectMany(entry => builder.Limit($"budget.{entry.Value.Per}", LimitMeasure.Money, Micros(entry.Value.Usd), BudgetPeriods.WindowOf(entry.Value.Per!)))];
    }

    private ImmutableArray<LimitModel> Limit(string name, LimitMeasure measure, long? amount, LimitWindow window) => amount is not { } most
        ? []
        : [new LimitModel(_prefix + name, measure, most, window) { AtLimit = atLimit, OnStoreFailure = onStoreFailure }];
}
