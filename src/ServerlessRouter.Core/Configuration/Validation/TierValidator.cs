using ServerlessRouter.Configuration.Written;

namespace ServerlessRouter.Configuration.Validation;

/// <summary>Checks what tiers may ask for.</summary>
internal sealed class TierValidator : IConfigValidator
{
    public void Validate(ValidationContext context)
    {
        var config = context.Config;
        var targets = config.Routes.Names().Concat(config.Models.Names()).ToList();
        foreach (var (name, tier) in config.Tiers.Entries())
        {
            var path = $"{ConfigPath.Member("tiers", name)}.routes";
            if (tier.Routes is { Count: 0 })
                context.Findings.Error(path, "is empty, so the tier may ask for nothing; leave it out to allow everything");
            foreach (var (place, target) in tier.Routes.Entries())
            {
                if (!targets.Contains(target))
                    context.Findings.Error(ConfigPath.Item(path, place), UnknownNames.Reference("route or model", target, targets));
            }
        }
    }
}
