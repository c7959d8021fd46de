using System.Collections.Frozen;
using System.Collections.Immutable;
using ServerlessRouter.Configuration.Validation;
using ServerlessRouter.Configuration.Written;

namespace ServerlessRouter.Configuration.Loading;

/// <summary>Makes the routes of a configuration that was found valid.</summary>
internal static class RouteBuilder
{
    /// <summary>A route that is written.</summary>
    public static RouteModel Build(string name, RouteConfig written, FrozenDictionary<string, LanguageModel> models)
    {
        var rules = written.Rules.Entries().Select(entry => Rule(name, entry.Place, entry.Value, models)).ToImmutableArray();
        var candidates = Resolve(written.Candidates, models);
        var fallbacks = Resolve(written.Fallbacks, models);
        return new RouteModel
        {
            Name = name,
            Rules = rules,
            Candidates = candidates,
            Objective = Objective(written.Objective),
            Fallbacks = fallbacks,
            Limits = Limits(written.Limits),
            Cascade = written.Cascade is { } cascade ? Cascade(cascade, models) : null,
            Hedge = written.Hedge is { } hedge ? new HedgeModel(hedge.MaxShare ?? HedgeModel.DefaultMaxShare, hedge.WithTools ?? false) : null,
            MovesOnAfterContentFilter = written.OnContentFilter == ContentFilterActions.Next,
            Constraints = written.Constraints is { } constraints ? RouterModelBuilder.Constraints(constraints, $"route {name}") : null,
            SecondOpinion = SecondOpinion(written.SecondOpinion, models),
            Cache = written.Cache is { } cache ? Cache(cache) : null,
            NeedsProfile = rules.Length > 0 || candidates.Length + fallbacks.Length > 1,
        };
    }

    /// <summary>The route that every model is besides.</summary>
    public static RouteModel Implicit(LanguageModel model) => new()
    {
        Name = model.Name,
        IsImplicit = true,
        Rules = [],
        Candidates = [model],
        Objective = Objective(null),
        Fallbacks = [],
        Limits = RouteLimits.Default,
        NeedsProfile = false,
    };

    private static CacheModel Cache(CacheConfig written)
    {
        var ttl = written.TtlSeconds ?? CacheModel.DefaultTtlSeconds;
        var entry = written.MaxEntryBytes ?? CacheModel.DefaultMaxEntryBytes;
        return new CacheModel
        {
            Ttl = TimeSpan.FromSeconds(ttl),
            MaxTtl = TimeSpan.FromSeconds(written.MaxTtlSeconds ?? Math.Max(CacheModel.DefaultMaxTtlSeconds, ttl)),
            Scope = CacheScopes.Parse(written.Scope),
            MaxEntryBytes = entry,
            MaxBytes = written.MaxBytes ?? Math.Max(CacheModel.DefaultMaxBytes, entry),
        };
    }

    private static SecondOpinionModel? SecondOpinion(SecondOpinionConfig? written, FrozenDictionary<string, LanguageModel> models) => written is null
        ? null
        : new SecondOpinionModel(
            models[written.Model!],
            written.BelowConfidence ?? SecondOpinionModel.DefaultBelowConfidence,
            TimeSpan.FromSeconds(written.TimeoutSeconds ?? SecondOpinionModel.DefaultTimeoutSeconds));

    private static CascadeModel Cascade(CascadeConfig written, FrozenDictionary<string, LanguageModel> models) => new()
    {
        Steps = Resolve(written.Steps, models),
        Checks = [.. AnswerCheckNames.All.Where(name => written.Checks is null || written.Checks.Contains(name))],
        Judge = written.Judge is { } judge
            ? new JudgeModel(
                models[judge.Model!], judge.MinimumScore ?? JudgeModel.DefaultMinimumScore,
                TimeSpan.FromSeconds(judge.TimeoutSeconds ?? JudgeModel.DefaultTimeoutSeconds))
            : null,
        CostUsd = written.CostUsd,
        Deadline = written.DeadlineSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
        SkipBelowQuality = written.Skip?.BelowQuality ?? 0,
        SkipAboveDifficulty = written.Skip?.AboveDifficulty ?? 1,
        BufferBytes = written.BufferBytes ?? CascadeModel.DefaultBufferBytes,
    };

    private static RuleModel Rule(string route, int place, RuleConfig written, FrozenDictionary<string, LanguageModel> models)
    {
        var path = ConfigPath.Item($"{ConfigPath.Member("routes", route)}.rules", place);
        return new RuleModel
        {
            Path = path,
            Conditions = ConditionReader.Read(written.When, $"{path}.when", new Findings()),
            Use = Resolve(written.Use, models),
        };
    }

    private static ObjectiveModel Objective(ObjectiveConfig? written) => written switch
    {
        null => new ObjectiveModel { Policy = ObjectiveNames.Order },
        { Weights: { } weights } => new ObjectiveModel
        {
            Policy = ObjectiveNames.Weighted,
            MinimumQuality = written.MinimumQuality ?? 0,
            QualityWeight = weights.Quality ?? 0,
            CostWeight = weights.Cost ?? 0,
            LatencyWeight = weights.Latency ?? 0,
        },
        _ => new ObjectiveModel { Policy = written.Prefer ?? ObjectiveNames.Cost, MinimumQuality = written.MinimumQuality ?? 0 },
    };

    private static RouteLimits Limits(LimitsConfig? written) => written is null
        ? RouteLimits.Default
        : new RouteLimits(
            written.Attempts ?? RouteLimits.DefaultAttempts,
            TimeSpan.FromSeconds(written.DeadlineSeconds ?? RouteLimits.DefaultDeadlineSeconds),
            TimeSpan.FromSeconds(written.FirstTokenSeconds ?? RouteLimits.DefaultFirstTokenSeconds),
            TimeSpan.FromSeconds(written.StallSeconds ?? RouteLimits.DefaultStallSeconds),
            written.CostUsd)
        {
            Attempt = written.AttemptSeconds is { } attempt ? TimeSpan.FromSeconds(attempt) : null,
            Idle = written.IdleSeconds is { } idle ? TimeSpan.FromSeconds(idle) : null,
            Stream = TimeSpan.FromSeconds(written.StreamSeconds ?? RouteLimits.DefaultStreamSeconds),
        };

    private static ImmutableArray<LanguageModel> Resolve(IReadOnlyList<string?>? names, FrozenDictionary<string, LanguageModel> models) =>
        [.. names.Entries().Select(entry => models[entry.Value])];
}
