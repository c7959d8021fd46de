using ServerlessRouter.Configuration.Written;

namespace ServerlessRouter.Configuration.Validation;

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
