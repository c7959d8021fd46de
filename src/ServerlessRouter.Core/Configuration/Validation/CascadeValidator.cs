using ServerlessRouter.Configuration.Written;
using ServerlessRouter.Domain;

namespace ServerlessRouter.Configuration.Validation;

/// <summary>Checks that a cascade has steps to climb, something to check, and ceilings that let it climb at least once.</summary>
/// <remarks>1 the steps, 2 the checks and the judge, 3 the ceilings, 4 what is skipped.</remarks>
internal sealed class CascadeValidator : IConfigValidator
{
    private const decimal Million = 1_000_000m;

    public void Validate(ValidationContext context)
    {
        foreach (var (name, route) in context.Config.Routes.Entries())
        {
            if (route.Cascade is not { } cascade)
                continue;
            var path = $"{ConfigPath.Member("routes", name)}.cascade";
            ValidateSteps(route, cascade, path, context);
            ValidateChecks(cascade, path, context.Findings);
            if (cascade.Judge is { Model: not null } judge)
                ValidateJudge(judge, cascade, path, context);
            ValidateMoney(route, cascade, path, context);
            ValidateTime(route, cascade, path, context.Findings);
            if (cascade.Skip is { } skip)
                ValidateSkip(skip, cascade, path, context);
        }
    }

    private static void ValidateSteps(RouteConfig route, CascadeConfig cascade, string path, ValidationContext context)
    {
        var findings = context.Findings;
        ModelReferences.Validate(cascade.Steps, $"{path}.steps", "a cascade", context);
        if (cascade.Steps is { Count: 1 })
            findings.Error($"{path}.steps", "has one step only; a cascade needs a stronger model to turn to, so add one or remove the cascade");
        foreach (var (place, name) in cascade.Steps.Entries())
        {
            if (Find(context, name) is not { } model)
                continue;
            var stepPath = ConfigPath.Item($"{path}.steps", place);
            if (route.Candidates is { } candidates && !candidates.Contains(name))
                findings.Error(stepPath, $"is {Quoted.Text(name)}, which is not among the route's candidates; add it there");
            else if (model.Deployments is null or { Count: 0 } && cascade.Steps!.Any(other => other is not null && Find(context, other)?.Deployments is { Count: > 0 }))
                findings.Error(stepPath, $"is {Quoted.Text(name)}, which has no deployment and so never answers");
            else if (place > 0 && cascade.Steps![place - 1] is { } before && Find(context, before) is { } weaker && !IsStronger(model, weaker))
                findings.Warning(stepPath, $"is {Quoted.Text(name)}, whose quality is for no task above that of {Quoted.Text(before)} before it");
        }

        var attempts = route.Limits?.Attempts ?? RouteLimits.DefaultAttempts;
        if (cascade.Steps is { Count: > 1 } steps && attempts < steps.Count)
            findings.Error($"{path}.steps", $"has {steps.Count} steps, but limits.attempts ends every request after {attempts}; raise it or remove steps");
    }

    private static void ValidateChecks(CascadeConfig cascade, string path, Findings findings)
    {
        if (cascade is { Checks.Count: 0, Judge: null })
            findings.Error($"{path}.checks", "is empty and there is no judge, so every answer of the first step would be accepted; name a check or remove the cascade");
        var known = new HashSet<string>();
        foreach (var (place, name) in cascade.Checks.Entries())
        {
            if (!known.Add(name))
                findings.Error(ConfigPath.Item($"{path}.checks", place), $"{Quoted.Text(name)} stands in the list already");
        }
    }

    private static void ValidateJudge(JudgeConfig judge, CascadeConfig cascade, string path, ValidationContext context)
    {
        var (findings, modelPath, name) = (context.Findings, $"{path}.judge.model", judge.Model!);
        if (context.Config.Models?.ContainsKey(name) != true)
        {
            findings.Error(modelPath, context.Config.Routes?.ContainsKey(name) == true
                ? $"{Quoted.Text(name)} is a route; only a model can stand here"
                : UnknownNames.Reference("model", name, context.Config.Models.Names()));
            return;
        }

        if (cascade.Steps?.Contains(name) == true)
            findings.Error(modelPath, $"is {Quoted.Text(name)}, which is itself a step and would judge its own answers; choose another model");
        if (Find(context, name) is not { } model)
            return;
        if (model.Deployments is null or { Count: 0 })
            findings.Error(modelPath, $"is {Quoted.Text(name)}, which has no deployment and so cannot be asked");
        else if (!ModelAbilities.Of(model).HasFlag(Capabilities.JsonSchema))
            findings.Error(modelPath, $"is {Quoted.Text(name)}, which lacks the capability json_schema that keeps its verdict in form");
    }

    private static void ValidateMoney(RouteConfig route, CascadeConfig cascade, string path, ValidationContext context)
    {
        if (cascade.CostUsd is not { } ceiling)
            return;
        if (route.Limits?.CostUsd is { } limit && ceiling > limit)
            context.Findings.Warning($"{path}.costUsd", $"is {ceiling}, but limits.costUsd ends every request at {limit}");
        if (cascade.Steps is not { Count: > 1 } || cascade.Steps.Any(step => step is null || Find(context, step)?.Price is null))
            return;
        var (first, second) = (MinUsd(context, cascade.Steps[0]!), MinUsd(context, cascade.Steps[1]!));
        if (first > ceiling)
            context.Findings.Error($"{path}.costUsd", $"is {ceiling}, less than the smallest call of the first step costs ({first}), so no further step ever begins; raise it");
        else if (first + second > ceiling)
            context.Findings.Error($"{path}.costUsd", $"is {ceiling}, less than the smallest calls of the first two steps cost together ({first + second}), so the second never begins; raise it");
    }

    private static void ValidateTime(RouteConfig route, CascadeConfig cascade, string path, Findings findings)
    {
        var limit = route.Limits?.DeadlineSeconds ?? RouteLimits.DefaultDeadlineSeconds;
        if (cascade.DeadlineSeconds is { } deadline && deadline > limit)
            findings.Warning($"{path}.deadlineSeconds", $"is {deadline}, but limits.deadlineSeconds ends every request after {limit}");
        var ceiling = Math.Min(cascade.DeadlineSeconds ?? limit, limit);
        var judging = cascade.Judge is null ? 0 : cascade.Judge.TimeoutSeconds ?? JudgeModel.DefaultTimeoutSeconds;
        if (judging >= ceiling)
            findings.Error($"{path}.judge.timeoutSeconds", $"is {judging}, as long as the {ceiling} seconds the cascade has for everything, so no further step could follow; lower it");
    }

    private static void ValidateSkip(CascadeSkipConfig skip, CascadeConfig cascade, string path, ValidationContext context)
    {
        if (skip is { BelowQuality: null, AboveDifficulty: null } && !context.Findings.IsWrong($"{path}.skip.belowQuality") && !context.Findings.IsWrong($"{path}.skip.aboveDifficulty"))
            context.Findings.Error($"{path}.skip", "says nothing; write belowQuality or aboveDifficulty, or remove it");
        foreach (var (place, name) in cascade.Steps.Entries())
        {
            if (place + 1 < cascade.Steps!.Count && skip.BelowQuality is { } floor && Find(context, name) is { } model && BestQuality(model) < floor)
                context.Findings.Warning($"{path}.skip.belowQuality", $"is {floor}, which {Quoted.Text(name)} reaches for no task, so it is always skipped");
        }
    }

    private static ModelConfig? Find(ValidationContext context, string name) => context.Config.Models?.GetValueOrDefault(name);

    /// <summary>One token in, one token out.</summary>
    private static decimal MinUsd(ValidationContext context, string name)
    {
        var price = Find(context, name)!.Price!;
        return (((price.InputPerMillion ?? 0) + (price.OutputPerMillion ?? 0)) / Million) + (price.PerRequest ?? 0);
    }

    private static bool IsStronger(ModelConfig model, ModelConfig than) =>
        TaskKinds.WireNames.ToArray().Append(null).Any(task => WrittenQuality.Of(model, task) > WrittenQuality.Of(than, task));

    private static double BestQuality(ModelConfig model) => Math.Max(WrittenQuality.Of(model, null), model.Quality?.Values.Max() ?? 0);
}
