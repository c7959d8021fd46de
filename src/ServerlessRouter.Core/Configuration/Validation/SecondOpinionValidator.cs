using ServerlessRouter.Configuration.Written;
using ServerlessRouter.Domain;

namespace ServerlessRouter.Configuration.Validation;

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
