using ServerlessRouter.Configuration.Written;
using ServerlessRouter.Domain;

namespace ServerlessRouter.Configuration.Validation;

/// <summary>Warns of candidates that another one always goes before, so that they are written and never chosen first.</summary>
/// <remarks>
/// It goes by what is written: prices and expected qualities. What grades and measured answers teach later may change the order, and so does a caller who excludes a
/// model. A rule that puts the candidate first, or a cascade whose steps are its own order, speaks for itself.
/// </remarks>
internal sealed class PrecedenceValidator : IConfigValidator
{
    public void Validate(ValidationContext context)
    {
        // What is wrong elsewhere is told first; figures that do not hold decide nothing.
        if (context.Findings.HasErrors)
            return;
        foreach (var (name, route) in context.Config.Routes.Entries())
        {
            if (route is not { Cascade: null, Candidates: { } written } || written.Any(candidate => candidate is null || StandingCandidate.Of(candidate, context) is null))
                continue;
            var candidates = written.Select((candidate, place) => StandingCandidate.Of(candidate!, context)! with { Place = place }).ToList();
            foreach (var candidate in candidates.Where(candidate => !IsFirstInARule(candidate.Name, route)))
            {
                if (Obstacle(candidate, candidates, route.Objective ?? new ObjectiveConfig { Prefer = ObjectiveNames.Order }, context) is { } obstacle)
                    context.Findings.Warning(ConfigPath.Item($"{ConfigPath.Member("routes", name)}.candidates", candidate.Place), obstacle);
            }
        }
    }

    private static bool IsFirstInARule(string name, RouteConfig route) =>
        route.Rules.Entries().Any(rule => rule.Value.Use is [{ } first, ..] && first == name);

    private static string? Obstacle(StandingCandidate candidate, List<StandingCandidate> all, ObjectiveConfig objective, ValidationContext context)
    {
        var floor = objective.MinimumQuality ?? 0;
        foreach (var other in all.Where(other => other != candidate && other.CanStandInFor(candidate, context)))
        {
            if (candidate.BestQuality < floor && other.IsBetterAtEverything(candidate))
            {
                return $"is {Quoted.Text(candidate.Name)}, which never comes first: its best quality is {candidate.BestQuality}, below objective.minimumQuality of {floor}, and {Quoted.Text(other.Name)} is better at every task; "
                    + $"state under {ConfigPath.Member("models", candidate.Name)}.quality for which tasks it is good enough, or lower minimumQuality";
            }

            if (Comes(other, candidate, objective, floor) is { } why)
                return $"is {Quoted.Text(candidate.Name)}, which never comes first: {Quoted.Text(other.Name)} {why}; {Remedy(objective)}";
        }

        return null;
    }

    /// <summary>Why the other always goes before; null where it does not.</summary>
    private static string? Comes(StandingCandidate other, StandingCandidate candidate, ObjectiveConfig objective, double floor) => objective switch
    {
        { Weights: { Latency: null or 0 } } when other.IsNoDearer(candidate) && other.IsNoWorseAtAnything(candidate) && other.Precedes(candidate) =>
            "costs no more and is no worse at any task",
        { Weights: not null } => null,
        { Prefer: ObjectiveNames.Quality } when other.IsBetterAtEverything(candidate) => "is better at every task",
        { Prefer: null or ObjectiveNames.Cost } when other.IsNoDearer(candidate) && other.Precedes(candidate) && other.WorstQuality >= floor =>
            $"costs no more and is always good enough (objective.minimumQuality is {floor})",
        { Prefer: null or ObjectiveNames.Cost } when other.IsNoDearer(candidate) && other.Precedes(candidate) && other.IsNoWorseAtAnything(candidate) =>
            "costs no more and is no worse at any task",
        _ => null,
    };

    private static string Remedy(ObjectiveConfig objective) => objective is { Weights: null, Prefer: null or ObjectiveNames.Cost }
        ? "raise minimumQuality for it to matter, or name it under fallbacks only"
        : "name it under fallbacks only if that is meant";
}

/// <summary>A candidate as far as what is written decides where it comes among the others.</summary>
internal sealed record StandingCandidate(string Name, ModelConfig Model)
{
    private static readonly IReadOnlyList<string?> Tasks = [.. TaskKinds.WireNames.ToArray(), null];

    /// <summary>Where it stands in the list.</summary>
    public int Place { get; init; }

    /// <summary>At the task it does best.</summary>
    public double BestQuality => Tasks.Max(task => WrittenQuality.Of(Model, task));

    /// <summary>At the task it does worst, on the hardest request.</summary>
    public double WorstQuality => QualityByDifficulty.Lowered((float)Tasks.Min(task => WrittenQuality.Of(Model, task)), 1);

    /// <summary>Null where something else than what is written decides: a team's own outcomes, a model that is malformed or cannot be called.</summary>
    public static StandingCandidate? Of(string name, ValidationContext context) =>
        context.Config.Models?.GetValueOrDefault(name) is { Price: not null, ContextWindow: not null, Deployments.Count: > 0 } model && !context.IsGraded(name)
            ? new StandingCandidate(name, model)
            : null;

    public bool IsBetterAtEverything(StandingCandidate other) => Tasks.All(task => WrittenQuality.Of(Model, task) > WrittenQuality.Of(other.Model, task));

    public bool IsNoWorseAtAnything(StandingCandidate other) => Tasks.All(task => WrittenQuality.Of(Model, task) >= WrittenQuality.Of(other.Model, task));

    public bool IsNoDearer(StandingCandidate other)
    {
        var (own, theirs) = (ListPrices.Of(Model.Price!), ListPrices.Of(other.Model.Price!));
        var lengths = own.Above.Concat(theirs.Above).Select(static step => step.Tokens + 1).Prepend(0);
        return lengths.All(tokens => IsNoDearer(own.At(tokens), theirs.At(tokens)));
    }

    private static bool IsNoDearer(ModelPrice own, ModelPrice theirs) =>
        own.InputPerMillion <= theirs.InputPerMillion && own.CachedInputPerMillion <= theirs.CachedInputPerMillion && own.OutputPerMillion <= theirs.OutputPerMillion && own.PerRequest <= theirs.PerRequest;

    /// <summary>Of two that weigh the same the one written first goes first.</summary>
    public bool Precedes(StandingCandidate other) => Place < other.Place || !other.IsNoDearer(this);

    /// <summary>Whether it can answer every request the other can, wherever that one may be called.</summary>
    public bool CanStandInFor(StandingCandidate other, ValidationContext context)
    {
        var lacking = ModelAbilities.Of(other.Model) & ~ModelAbilities.Of(Model) & ~(Capabilities.Tuning | Capabilities.Streaming);
        return lacking == Capabilities.None && Model.ContextWindow >= other.Model.ContextWindow && (!HasConstraints(context.Config) || Providers(other).IsSubsetOf(Providers(this)));
    }

    private static HashSet<string?> Providers(StandingCandidate candidate) => [.. candidate.Model.Deployments.Entries().Select(static entry => entry.Value.Provider)];

    private static bool HasConstraints(RouterConfig config) =>
        config.Routes.Entries().Any(static route => route.Value.Constraints is not null) || config.Tiers.Entries().Any(static tier => tier.Value.Constraints is not null);
}
