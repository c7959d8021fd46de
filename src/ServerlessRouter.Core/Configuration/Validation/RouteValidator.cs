using ServerlessRouter.Configuration.Written;
using ServerlessRouter.Domain;

namespace ServerlessRouter.Configuration.Validation;

/// <summary>Checks that a route leads somewhere.</summary>
internal sealed class RouteValidator : IConfigValidator
{
    public void Validate(ValidationContext context)
    {
        foreach (var (name, route) in context.Config.Routes.Entries())
        {
            var path = ConfigPath.Member("routes", name);
            if (ModelReferences.AreEmbeddings(route.Candidates, context.Config))
                continue;
            ModelReferences.Validate(route.Candidates, $"{path}.candidates", "a route", context);
            if (route.Fallbacks is { Count: > 0 })
                ModelReferences.Validate(route.Fallbacks, $"{path}.fallbacks", "a route", context);
            if (route is { Rules: null or { Count: 0 }, Candidates: { } candidates, Fallbacks: { Count: > 0 } fallbacks } && fallbacks.All(candidates.Contains))
                context.Findings.Warning($"{path}.fallbacks", "adds nothing: every candidate is tried anyway, and no rule narrows them");
        }
    }
}

/// <summary>Checks that a route for embeddings leads to one model, whatever happens: vectors of different models cannot be compared, and no search would tell that they were mixed.</summary>
internal sealed class EmbeddingRouteValidator : IConfigValidator
{
    private const string OneModel = "a route for embeddings has one model and nothing to choose: vectors of different models cannot be compared";

    public void Validate(ValidationContext context)
    {
        foreach (var (name, route) in context.Config.Routes.Entries())
        {
            if (ModelReferences.AreEmbeddings(route.Candidates, context.Config))
                Validate(route, ConfigPath.Member("routes", name), context);
        }
    }

    private static void Validate(RouteConfig route, string path, ValidationContext context)
    {
        var findings = context.Findings;
        foreach (var (place, model) in route.Candidates.Entries())
        {
            var itemPath = ConfigPath.Item($"{path}.candidates", place);
            if (place > 0)
                findings.Error(itemPath, $"is {Quoted.Text(model)}, but {OneModel}; give the first model more deployments instead");
            else if (!ModelReferences.IsCallable(model, context))
                findings.Error(itemPath, $"{Quoted.Text(model)} cannot be called: it has no deployment");
        }

        if (route.Fallbacks is { Count: > 0 })
            findings.Error($"{path}.fallbacks", $"must be left out: {OneModel}; what its deployments fall back on is each other");
        if (route.Rules is { Count: > 0 })
            findings.Error($"{path}.rules", $"must be left out: {OneModel}");
        if (route.Cascade is not null)
            findings.Error($"{path}.cascade", $"must be left out: {OneModel}");
    }
}

/// <summary>Checks that an objective can order the candidates of its route.</summary>
internal sealed class ObjectiveValidator : IConfigValidator
{
    public void Validate(ValidationContext context)
    {
        foreach (var (name, route) in context.Config.Routes.Entries())
        {
            if (route.Objective is not { } objective)
                continue;
            var path = $"{ConfigPath.Member("routes", name)}.objective";
            ValidateWeights(objective, path, context.Findings);
            var best = route.Candidates.Entries().Select(entry => BestQuality(entry.Value, context)).DefaultIfEmpty(double.PositiveInfinity).Max();
            if (objective.MinimumQuality is { } minimum && best < minimum)
                context.Findings.Warning($"{path}.minimumQuality", $"is {minimum}, which no candidate reaches for any task, so it changes nothing");
        }
    }

    private static void ValidateWeights(ObjectiveConfig objective, string path, Findings findings)
    {
        if (objective.Weights is not { } weights)
            return;
        if (objective.Prefer is not null)
            findings.Error($"{path}.prefer", "cannot stand beside weights: both order the candidates; remove one");
        if ((weights.Quality ?? 0) + (weights.Cost ?? 0) + (weights.Latency ?? 0) == 0)
            findings.Error($"{path}.weights", "are all zero, so they order nothing; give one of quality, cost and latency a weight");
    }

    // What outcomes predict differs from text to text, so that no floor is out of reach.
    private static double BestQuality(string name, ValidationContext context) =>
        context.Config.Models?.GetValueOrDefault(name) is { } model && !context.IsGraded(name)
            ? Math.Max(WrittenQuality.Of(model, null), model.Quality?.Values.Max() ?? 0)
            : double.PositiveInfinity;
}

/// <summary>Finds routes whose second requests would have nowhere to go.</summary>
internal sealed class HedgeValidator : IConfigValidator
{
    public void Validate(ValidationContext context)
    {
        foreach (var (name, route) in context.Config.Routes.Entries())
        {
            if (route.Hedge is null)
                continue;
            var path = $"{ConfigPath.Member("routes", name)}.hedge";
            var models = (route.Candidates ?? []).Concat(route.Fallbacks ?? []);
            if (!models.Any(model => model is not null && context.Config.Models?.GetValueOrDefault(model)?.Deployments is { Count: > 1 }))
                context.Findings.Warning(path, "never sends a second request: no model of the route has more than one deployment");
            if (route.Limits?.Attempts == 1)
                context.Findings.Warning(path, "never sends a second request: limits.attempts allows only one");
        }
    }
}

/// <summary>Checks that the limits of a route agree with each other.</summary>
internal sealed class LimitsValidator : IConfigValidator
{
    public void Validate(ValidationContext context)
    {
        foreach (var (name, route) in context.Config.Routes.Entries())
        {
            if (route.Limits is { } limits)
                Validate(limits, $"{ConfigPath.Member("routes", name)}.limits", context.Findings);
        }
    }

    private static void Validate(LimitsConfig limits, string path, Findings findings)
    {
        var deadline = limits.DeadlineSeconds ?? RouteLimits.DefaultDeadlineSeconds;
        if (limits.FirstTokenSeconds is { } firstToken && firstToken > deadline)
            findings.Warning($"{path}.firstTokenSeconds", $"is {firstToken}, but the deadline ends every request after {deadline} seconds");
        if (limits.AttemptSeconds is { } attempt && attempt > deadline)
            findings.Warning($"{path}.attemptSeconds", $"is {attempt}, but the deadline ends every request after {deadline} seconds");

        var stall = limits.StallSeconds ?? RouteLimits.DefaultStallSeconds;
        var stream = limits.StreamSeconds ?? RouteLimits.DefaultStreamSeconds;
        if (limits.IdleSeconds is { } idle && idle < stall)
            findings.Warning($"{path}.idleSeconds", $"is {idle}, so silence never lasts the {stall} seconds of stallSeconds");
        if (stall > stream && (limits.StallSeconds ?? limits.StreamSeconds) is not null)
            findings.Warning($"{path}.stallSeconds", $"is {stall}, but streamSeconds ends every stream after {stream} seconds");
    }
}

/// <summary>Checks that a second opinion can be given and has something to decide.</summary>
internal sealed class SecondOpinionValidator : IConfigValidator
{
    public void Validate(ValidationContext context)
    {
        foreach (var (name, route) in context.Config.Routes.Entries())
        {
            if (route.SecondOpinion is not { Model: { } model } opinion)
                continue;
            var path = $"{ConfigPath.Member("routes", name)}.secondOpinion";
            ModelReferences.Validate(model, $"{path}.model", context);
            if (context.Config.Models?.GetValueOrDefault(model) is { } known && !ModelAbilities.Of(known).HasFlag(Capabilities.JsonSchema))
                context.Findings.Error($"{path}.model", $"is {Quoted.Text(model)}, which lacks the capability json_schema that keeps its answer in form");
            var decides = route.Rules is { Count: > 0 } || (route.Candidates?.Count ?? 0) + (route.Fallbacks?.Count ?? 0) > 1;
            if (!decides)
                context.Findings.Warning(path, "is never asked: the route has one model and no rules, so there is nothing to decide");
            var deadline = route.Limits?.DeadlineSeconds ?? RouteLimits.DefaultDeadlineSeconds;
            if (2 * (opinion.TimeoutSeconds ?? SecondOpinionModel.DefaultTimeoutSeconds) > deadline)
                context.Findings.Warning($"{path}.timeoutSeconds", $"is more than half of the deadline of {deadline} seconds, so no model is ever asked");
        }
    }
}
