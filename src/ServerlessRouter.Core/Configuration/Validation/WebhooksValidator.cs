using ServerlessRouter.Configuration.Secrets;
using ServerlessRouter.Configuration.Written;

namespace ServerlessRouter.Configuration.Validation;

/// <summary>Checks how the ends of jobs are told, without ever repeating the secret.</summary>
internal sealed class WebhooksValidator : IConfigValidator
{
    private const int MinGoodSecretLength = 16;

    public void Validate(ValidationContext context)
    {
        if (context.Config.Webhooks is not { } webhooks)
            return;
        if (webhooks.Secret is { } written)
            ValidateSecret(written, context);
        if (webhooks.Budgets is { } budgets)
            ValidateBudgets(budgets, webhooks, context.Findings);
        foreach (var (place, host) in webhooks.PrivateHosts.Entries())
        {
            if (Uri.CheckHostName(host) == UriHostNameType.Unknown)
                context.Findings.Error(ConfigPath.Item("webhooks.privateHosts", place), $"is {Quoted.Text(host)}, which is no host; write a name or address alone, without scheme, port and path");
        }
    }

    private static void ValidateBudgets(string written, WebhooksConfig webhooks, Findings findings)
    {
        const string Path = "webhooks.budgets";
        if (!Uri.TryCreate(written, UriKind.Absolute, out var url) || url.UserInfo.Length > 0 || (url.Scheme != Uri.UriSchemeHttps && url.Scheme != Uri.UriSchemeHttp))
            findings.Error(Path, "must be an https URL without a user name in it, such as https://hooks.example.com/budgets");
        else if (url.Scheme != Uri.UriSchemeHttps && !webhooks.PrivateHosts.Entries().Any(entry => string.Equals(entry.Value, url.IdnHost.Trim('[', ']'), StringComparison.OrdinalIgnoreCase)))
            findings.Error(Path, "must be https; a host listed in webhooks.privateHosts may be plain http");
        else if (webhooks.Secret is null)
            findings.Error(Path, "needs webhooks.secret, which messages are signed with");
    }

    private static void ValidateSecret(string written, ValidationContext context)
    {
        const string Path = "webhooks.secret";
        switch (SecretReference.Parse(written))
        {
            case null:
                context.Findings.Error(Path, "is not a reference to a secret, and secrets must not stand in the configuration; write env:NAME or keyvault:NAME");
                break;
            case { Scheme: SecretSchemes.Sha256 }:
                context.Findings.Error(Path, "is a hash, which signs nothing; write env:NAME or keyvault:NAME");
                break;
            case { } reference when context.Secrets[reference].Problem is { } problem:
                context.Findings.Error(Path, problem);
                break;
            case { } reference when context.Secrets[reference].Secret!.Length < MinGoodSecretLength:
                context.Findings.Warning(Path, $"refers to a secret of fewer than {MinGoodSecretLength} characters, which can be guessed");
                break;
        }
    }
}
