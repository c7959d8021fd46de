using ServerlessRouter.Configuration.Secrets;
using ServerlessRouter.Configuration.Written;

namespace ServerlessRouter.Configuration.Validation;

/// <summary>Checks the keys of callers, without ever repeating what was written there.</summary>
internal sealed class KeyValidator : IConfigValidator
{
    public const int MinGoodKeyLength = 16;

    public void Validate(ValidationContext context)
    {
        if (context.AnonymousCallers == AnonymousCallers.Refused && context.Config.Keys is null or { Count: 0 })
            context.Findings.Warning("keys", "has no key, and others can reach this router, so it serves no caller until there is one");

        var config = context.Config;
        var surroundings = new KeySurroundings(
            [.. config.Tiers.Names().Union([TierModel.DefaultName])],
            [.. config.Routes.Names(), .. config.Models.Names()],
            tier => config.Tiers?.GetValueOrDefault(tier)?.Routes?.OfType<string>().ToHashSet());
        var ownerOfHash = new Dictionary<string, string>();
        foreach (var (name, key) in config.Keys.Entries())
        {
            var path = ConfigPath.Member("keys", name);
            KeyTermsValidator.Validate(key, path, surroundings, context.Findings);
            if (key.Secret is null)
                continue;
            if (Complaint(key.Secret, context.Secrets) is { } complaint)
            {
                context.Findings.Error($"{path}.secret", complaint);
                continue;
            }

            var hash = KeyHash.Of(key.Secret, context.Secrets);
            if (!ownerOfHash.TryAdd(hash, path))
                context.Findings.Error($"{path}.secret", $"is the same key as {ownerOfHash[hash]}; who calls could not be told");
            else if (IsShort(key.Secret, context.Secrets))
                context.Findings.Warning($"{path}.secret", $"refers to a key of fewer than {MinGoodKeyLength} characters, which can be guessed");
        }
    }

    public static bool IsShort(string written, ResolvedSecrets secrets) =>
        SecretReference.Parse(written) is { Scheme: not SecretSchemes.Sha256 } reference && secrets[reference].Secret!.Length < MinGoodKeyLength;

    public static string? Complaint(string written, ResolvedSecrets secrets) => SecretReference.Parse(written) switch
    {
        null => $"is not a reference to a secret, and secrets must not stand in the configuration; {SecretHabits.Meant(written) ?? "write env:NAME, keyvault:NAME or sha256:HEX"}",
        { Scheme: SecretSchemes.Sha256 } hash => KeyHash.IsHash(hash.Name) ? null : "must have the 64 hex digits of a SHA-256 after sha256:",
        { } reference => secrets[reference].Problem,
    };
}
