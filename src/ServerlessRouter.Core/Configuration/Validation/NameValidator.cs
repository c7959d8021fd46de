using ServerlessRouter.Configuration.Written;

namespace ServerlessRouter.Configuration.Validation;

/// <summary>Checks the names an author chose: they travel in headers, and <c>model</c> must mean one thing.</summary>
internal sealed class NameValidator : IConfigValidator
{
    private const int MaxNameLength = 128;
    private static readonly string[] SortSuffixes = [":nitro", ":floor", ":exacto"];

    public void Validate(ValidationContext context)
    {
        var (config, findings) = (context.Config, context.Findings);
        ValidateNames("providers", config.Providers.Names(), findings);
        ValidateNames("models", config.Models.Names(), findings);
        ValidateNames("routes", config.Routes.Names(), findings);
        ValidateNames("tiers", config.Tiers.Names(), findings);
        ValidateNames("keys", config.Keys.Names(), findings);
        ValidateNames("adminKeys", config.AdminKeys.Names(), findings);
        foreach (var name in config.Keys.Names().Where(static name => name.StartsWith(EntraModel.NamePrefix, StringComparison.Ordinal)))
            findings.Error(ConfigPath.Member("keys", name), EntraModel.ReservedName);
        foreach (var name in config.AdminKeys.Names().Where(static name => name.StartsWith(EntraModel.NamePrefix, StringComparison.Ordinal)))
            findings.Error(ConfigPath.Member("adminKeys", name), EntraModel.ReservedName);
        foreach (var (part, names) in new[] { ("models", config.Models.Names()), ("routes", config.Routes.Names()) })
        {
            foreach (var name in names)
            {
                if (SortSuffixes.FirstOrDefault(suffix => name.EndsWith(suffix, StringComparison.Ordinal)) is { } suffix)
                    findings.Error(ConfigPath.Member(part, name), $"ends with {suffix}, by which clients ask for another order; choose another name");
            }
        }

        foreach (var name in config.Routes.Names().Intersect(config.Models.Names()))
            findings.Error(ConfigPath.Member("routes", name), "is also the name of a model, so a client asking for it could mean either; rename one");
    }

    private static void ValidateNames(string part, IEnumerable<string> names, Findings findings)
    {
        foreach (var name in names)
        {
            if (Complaint(name, MaxNameLength) is { } complaint)
                findings.Error(ConfigPath.Member(part, name), complaint);
        }
    }

    /// <summary>What is wrong with a name; null where nothing is.</summary>
    public static string? Complaint(string name, int maxLength)
    {
        if (name.Length == 0 || name.Length > maxLength || name.Any(static letter => letter is <= ' ' or > '~' or '"'))
            return $"must be a name of 1 to {maxLength} visible ASCII characters without spaces and quotes: it travels in headers";
        return Quoted.LooksSecret(name) ? "looks like a secret; use a name of your choice and put a reference to the secret below it" : null;
    }
}
