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
            if (tier.Budget is { LowBelow: not null, WhenLow: null or DowngradePolicies.Keep })
                context.Findings.Warning($"{ConfigPath.Member("tiers", name)}.budget.lowBelow", $"changes nothing without whenLow: {DowngradePolicies.Cheapest}");
            WarnOfUnenforced(tier, ConfigPath.Member("tiers", name), context.Findings);
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

    private static void WarnOfUnenforced(TierConfig tier, string path, Findings findings)
    {
        if (tier.RequestsPerMinute is not null)
            findings.Warning($"{path}.requestsPerMinute", "is not enforced in this version: callers are served however many requests they make");
        if (tier.TokensPerMinute is not null)
            findings.Warning($"{path}.tokensPerMinute", "is not enforced in this version: callers are served however many tokens they use");
        if (tier.Budget is { WhenLow: null or DowngradePolicies.Keep })
            findings.Warning($"{path}.budget", "is not enforced in this version: callers who have spent it are still served");
        else if (tier.Budget is not null)
            findings.Warning($"{path}.budget", "is not enforced in this version: routing spares as whenLow says, but callers who have spent it are still served");
    }
}
