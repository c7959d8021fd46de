using ServerlessRouter.Configuration.Written;

namespace ServerlessRouter.Configuration.Validation;

/// <summary>Checks that a route leads somewhere.</summary>
internal sealed class RouteValidator : IConfigValidator
{
    public void Validate(ValidationContext context)
    {
        foreach (var (name, route) in context.Config.Routes.Entries())
        {
            var path = ConfigPath.Member("routes", name);
            ModelReferences.Validate(route.Candidates, $"{path}.candidates", "a route", context);
            if (route.Fallbacks is { Count: > 0 })
                ModelReferences.Validate(route.Fallbacks, $"{path}.fallbacks", "a route", context);
            if (route is { Rules: null or { Count: 0 }, Candidates: { } candidates, Fallbacks: { Count: > 0 } fallbacks } && fallbacks.All(candidates.Contains))
                context.Findings.Warning($"{path}.fallbacks", "adds nothing: every candidate is tried anyway, and no rule narrows them");
        }
    }
}
