using ServerlessRouter.Configuration.Secrets;
using ServerlessRouter.Configuration.Written;

namespace ServerlessRouter.Configuration.Validation;

/// <summary>Checks where alerts are told and from when on something is one, without ever repeating a URL: Slack's and Teams' hold a secret.</summary>
internal sealed class AlertsValidator : IConfigValidator
{
    private const int MaxWebhooks = 16;
    private const string Path = "alerts";
    private const string SlackHost = "hooks.slack.com";

    public void Validate(ValidationContext context)
    {
        if (context.Config.Alerts is not { } alerts)
            return;
        var seen = new HashSet<(string?, string?)>();
        foreach (var (place, webhook) in alerts.Webhooks.Entries())
        {
            var path = ConfigPath.Item($"{Path}.webhooks", place);
            if (place == MaxWebhooks)
                context.Findings.Error($"{Path}.webhooks", $"has more than {MaxWebhooks} places; let one of them pass messages on");
            if (webhook.Url is { } url)
                ValidateUrl(url, $"{path}.url", context);
            if (webhook.Events is { Count: 0 })
                context.Findings.Error($"{path}.events", "is an empty list, so it would be told of nothing; leave it out for everything, or take the place out");
            if (!seen.Add((webhook.Url, webhook.Format)))
                context.Findings.Error(path, "is there twice; write one place with the events of both");
        }

        ValidateShares($"{Path}.errors", alerts.Errors?.Share ?? AlertsModel.Default.Errors.Share, alerts.Errors?.CriticalShare ?? AlertsModel.Default.Errors.CriticalShare, context.Findings);
        ValidateShares($"{Path}.latency", alerts.Latency?.Share ?? AlertsModel.Default.Latency.Of.Share, alerts.Latency?.CriticalShare ?? AlertsModel.Default.Latency.Of.CriticalShare, context.Findings);
    }

    private static void ValidateUrl(string written, string path, ValidationContext context)
    {
        var findings = context.Findings;
        var reference = SecretReference.Parse(written);
        if (reference is { Scheme: SecretSchemes.Sha256 })
        {
            findings.Error(path, "is a hash, which is no URL; write an https URL, env:NAME or keyvault:NAME");
            return;
        }

        if (reference is { } asked && context.Secrets[asked].Problem is { } problem)
        {
            findings.Error(path, problem);
            return;
        }

        var text = reference is { } found ? context.Secrets[found].Secret! : written;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.UserInfo.Length > 0 || (url.Scheme != Uri.UriSchemeHttps && url.Scheme != Uri.UriSchemeHttp))
            findings.Error(path, "must be, or refer to, an https URL without a user name in it, such as https://hooks.example.com/alerts");
        else if (url.Scheme != Uri.UriSchemeHttps && context.Config.Webhooks?.PrivateHosts.Entries().Any(entry => string.Equals(entry.Value, url.IdnHost.Trim('[', ']'), StringComparison.OrdinalIgnoreCase)) != true)
            findings.Error(path, "must be https; a host listed in webhooks.privateHosts may be plain http");
        else if (context.Config.Webhooks?.Secret is null)
            findings.Error(path, "needs webhooks.secret, which messages are signed with");
        else if (reference is null && (url.Host == SlackHost || url.Query.Contains("sig=", StringComparison.OrdinalIgnoreCase)))
            findings.Warning(path, "holds a secret, which all who can read the configuration can read; write env:NAME or keyvault:NAME");
    }

    private static void ValidateShares(string path, double share, double criticalShare, Findings findings)
    {
        if (criticalShare < share)
            findings.Error($"{path}.criticalShare", $"is below the share from which on it is an alert at all, {share:0.###}");
    }
}
