using ServerlessRouter.Configuration.Written;

namespace ServerlessRouter.Configuration.Validation;

/// <summary>Checks that what routes and tiers demand of providers can be met.</summary>
internal sealed class ConstraintsValidator : IConfigValidator
{
    public void Validate(ValidationContext context)
    {
        foreach (var (name, route) in context.Config.Routes.Entries())
        {
            if (route.Constraints is not { } constraints)
                continue;
            var path = $"{ConfigPath.Member("routes", name)}.constraints";
            var areKnown = ValidateRegions(constraints, path, context);
            var models = route.Candidates.Entries().Concat(route.Fallbacks.Entries()).Concat(route.Rules.Entries().SelectMany(static rule => rule.Value.Use.Entries()));
            if (areKnown && !models.Any(entry => CanMeet(constraints, entry.Value, context.Config)))
                context.Findings.Error(path, "leaves the route no deployment to call: no deployment of its models is at a provider that meets them");
        }

        foreach (var (name, tier) in context.Config.Tiers.Entries())
        {
            if (tier.Constraints is not { } constraints)
                continue;
            var path = $"{ConfigPath.Member("tiers", name)}.constraints";
            if (ValidateRegions(constraints, path, context) && !context.Config.Models.Names().Any(model => CanMeet(constraints, model, context.Config)))
                context.Findings.Error(path, "leaves the tier no deployment to call: no deployment is at a provider that meets them");
        }
    }

    /// <summary>Whether all of them exist; where one does not, that no provider is in it is no second error.</summary>
    private static bool ValidateRegions(ConstraintsConfig constraints, string path, ValidationContext context)
    {
        if (constraints.Regions is { Count: 0 })
            context.Findings.Error($"{path}.regions", "is empty, so no provider may be called; leave it out to allow all");
        var known = context.Config.Providers.Entries().Select(static entry => entry.Value.Region).OfType<string>().Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        var areKnown = true;
        foreach (var (place, region) in constraints.Regions.Entries())
        {
            if (known.Contains(region, StringComparer.OrdinalIgnoreCase))
                continue;
            areKnown = false;
            context.Findings.Error(ConfigPath.Item($"{path}.regions", place), UnknownNames.Reference("region of a provider", region, known));
        }

        return areKnown;
    }

    // What is malformed is reported where it stands, not again here.
    private static bool CanMeet(ConstraintsConfig constraints, string model, RouterConfig config)
    {
        if (config.Models?.GetValueOrDefault(model) is not { } known || constraints.Regions is { Count: 0 })
            return true;
        foreach (var (_, deployment) in known.Deployments.Entries())
        {
            if (deployment.Provider is null || config.Providers?.GetValueOrDefault(deployment.Provider) is not { } provider)
                return true;
            var isInRegion = constraints.Regions is null || constraints.Regions.Contains(provider.Region, StringComparer.OrdinalIgnoreCase);
            var keepsData = constraints.DataCollection == DataCollectionRules.Deny && provider.DataCollection == true;
            if (isInRegion && !keepsData && (constraints.ZeroDataRetention != true || provider.ZeroDataRetention == true))
                return true;
        }

        return false;
    }
}
