using ServerlessRouter.Configuration.Secrets;
using ServerlessRouter.Configuration.Written;

namespace ServerlessRouter.Configuration.Validation;

/// <summary>Checks admin keys, without ever repeating what was written there: none may be another's, nor a caller's.</summary>
internal sealed class AdminKeyValidator : IConfigValidator
{
    public void Validate(ValidationContext context)
    {
        var (config, findings) = (context.Config, context.Findings);
        string[] tiers = [.. config.Tiers.Names().Union([TierModel.DefaultName])];
        var owners = config.Keys.Entries()
            .Where(entry => entry.Value.Secret is { } secret && KeyValidator.Complaint(secret, context.Secrets) is null)
            .GroupBy(entry => KeyHash.Of(entry.Value.Secret!, context.Secrets))
            .ToDictionary(static group => group.Key, static group => ConfigPath.Member("keys", group.First().Name));
        foreach (var (name, key) in config.AdminKeys.Entries())
        {
            var path = ConfigPath.Member("adminKeys", name);
            if (name == AdminModel.OwnerName)
                findings.Error(path, "is what the audit log calls the holder of the key that the router was started with; choose another name");
            if (key.Tiers is { Count: 0 })
                findings.Error($"{path}.tiers", "is empty, so no key could be issued; leave it out to allow all tiers");
            foreach (var (place, tier) in key.Tiers.Entries())
            {
                if (!tiers.Contains(tier))
                    findings.Error(ConfigPath.Item($"{path}.tiers", place), UnknownNames.Reference("tier", tier, tiers));
            }

            if (key.Role == AdminRoles.Admin && (key.Tiers is not null || key.Budget is not null))
                findings.Warning(path, "is bounded in what it issues, and may still change the configuration that bounds it; write \"role\": \"keys\" for a bound that holds");
            if (key.Secret is null)
                continue;
            if (KeyValidator.Complaint(key.Secret, context.Secrets) is { } complaint)
                findings.Error($"{path}.secret", complaint);
            else if (!owners.TryAdd(KeyHash.Of(key.Secret, context.Secrets), path))
                findings.Error($"{path}.secret", $"is the same key as {owners[KeyHash.Of(key.Secret, context.Secrets)]}; who asks could not be told");
            else if (KeyValidator.IsShort(key.Secret, context.Secrets))
                findings.Warning($"{path}.secret", $"refers to a key of fewer than {KeyValidator.MinGoodKeyLength} characters, which can be guessed");
        }
    }
}
