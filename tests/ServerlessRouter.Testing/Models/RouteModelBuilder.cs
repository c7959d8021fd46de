using System.Collections.Immutable;
using ServerlessRouter.Configuration;
using ServerlessRouter.Configuration.Loading;
using ServerlessRouter.Configuration.Written;

namespace ServerlessRouter.Testing.Models;

/// <summary>A route of a <see cref="RouterBuilder"/>; prefers cost without a quality floor unless the test says otherwise.</summary>
public sealed class RouteModelBuilder(string name)
{
    private readonly List<(ImmutableArray<ConditionModel> Conditions, string[] Use)> _rules = [];
    private string[] _candidates = [];
    private string[] _fallbacks = [];
    private ObjectiveModel _objective = new() { Policy = ObjectiveNames.Cost };
    private RouteLimits _limits = RouteLimits.Default;
    private ConstraintsModel? _constraints;
    private (string[] Steps, double BelowQuality, double AboveDifficulty)? _cascade;
    private string? _judge;
    private HedgeModel? _hedge;
    private CacheModel? _cache;
    private bool _movesOnAfterContentFilter;

    public RouteModelBuilder Candidates(params string[] models)
    {
        _candidates = models;
        return this;
    }

    public RouteModelBuilder Fallbacks(params string[] models)
    {
        _fallbacks = models;
        return this;
    }

    public RouteModelBuilder Prefer(string objective, double minimumQuality = 0)
    {
        _objective = new ObjectiveModel { Policy = objective, MinimumQuality = minimumQuality };
        return this;
    }

    public RouteModelBuilder Weights(double quality = 0, double cost = 0, double latency = 0, double minimumQuality = 0)
    {
        _objective = new ObjectiveModel
        {
            Policy = ObjectiveNames.Weighted, MinimumQuality = minimumQuality, QualityWeight = quality, CostWeight = cost, LatencyWeight = latency,
        };
        return this;
    }

    public RouteModelBuilder Rule(ConditionModel condition, params string[] use) => Rule([condition], use);

    public RouteModelBuilder Rule(ImmutableArray<ConditionModel> conditions, params string[] use)
    {
        _rules.Add((conditions, use));
        return this;
    }

    public RouteModelBuilder Limits(RouteLimits limits)
    {
        _limits = limits;
        return this;
    }

    public RouteModelBuilder Constraints(ConstraintsConfig constraints)
    {
        _constraints = RouterModelBuilder.Constraints(constraints, $"route {name}");
        return this;
    }

    /// <summary>A cascade with every check.</summary>
    public RouteModelBuilder Cascade(string[] steps, double belowQuality = 0, double aboveDifficulty = 1)
    {
        _cascade = (steps, belowQuality, aboveDifficulty);
        return this;
    }

    /// <summary>The model that judges what the other checks of the cascade accept.</summary>
    public RouteModelBuilder Judge(string judge)
    {
        _judge = judge;
        return this;
    }

    /// <summary>Slow requests may be sent twice, up to this share of all.</summary>
    public RouteModelBuilder Hedge(double maxShare)
    {
        _hedge = new HedgeModel(maxShare, WithTools: false);
        return this;
    }

    /// <summary>Answers are given again.</summary>
    public RouteModelBuilder Cache(CacheModel cache)
    {
        _cache = cache;
        return this;
    }

    public RouteModelBuilder MovesOnAfterContentFilter()
    {
        _movesOnAfterContentFilter = true;
        return this;
    }

    internal RouteModel Build(Func<string, LanguageModel> model)
    {
        ImmutableArray<LanguageModel> Resolve(string[] names) => [.. names.Select(model)];
        return new RouteModel
        {
            Name = name,
            Rules =
            [
                .. _rules.Select((rule, place) => new RuleModel { Path = $"routes.{name}.rules[{place}]", Conditions = rule.Conditions, Use = Resolve(rule.Use) }),
            ],
            Candidates = Resolve(_candidates),
            Objective = _objective,
            Fallbacks = Resolve(_fallbacks),
            Limits = _limits,
            Constraints = _constraints,
            Cascade = _cascade is { } cascade
                ? new CascadeModel
                {
                    Steps = Resolve(cascade.Steps),
                    Checks = [.. AnswerCheckNames.All],
                    Judge = _judge is { } judge ? new JudgeModel(model(judge), JudgeModel.DefaultMinimumScore, TimeSpan.FromSeconds(JudgeModel.DefaultTimeoutSeconds)) : null,
                    SkipBelowQuality = cascade.BelowQuality,
                    SkipAboveDifficulty = cascade.AboveDifficulty,
                    BufferBytes = CascadeModel.DefaultBufferBytes,
                }
                : null,
            Hedge = _hedge,
            Cache = _cache,
            MovesOnAfterContentFilter = _movesOnAfterContentFilter,
            NeedsProfile = _rules.Count > 0 || _candidates.Length > 1,
        };
    }
}
