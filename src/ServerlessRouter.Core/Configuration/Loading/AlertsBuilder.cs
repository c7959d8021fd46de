using System.Collections.Frozen;
using ServerlessRouter.Configuration.Secrets;
using ServerlessRouter.Configuration.Written;

namespace ServerlessRouter.Configuration.Loading;

/// <summary>Makes the model of who is told of what goes wrong, out of what was found valid.</summary>
internal sealed class AlertsBuilder(ResolvedSecrets secrets)
{
    public AlertsModel Build(AlertsConfig written) => new()
    {
        // Two references to one URL are one place.
        Webhooks = [.. written.Webhooks.Entries().Select(entry => Webhook(entry.Value)).DistinctBy(static webhook => webhook.Id)],
        Quiet = TimeSpan.FromMinutes(written.QuietMinutes ?? AlertsModel.DefaultQuietMinutes),
        Group = TimeSpan.FromSeconds(written.GroupSeconds ?? AlertsModel.DefaultGroupSeconds),
        Keep = TimeSpan.FromDays(written.KeepDays ?? AlertsModel.DefaultKeepDays),
        BreakerOpen = TimeSpan.FromSeconds(written.BreakerSeconds ?? AlertsModel.DefaultBreakerSeconds),
        Errors = Share(AlertsModel.Default.Errors, written.Errors?.Share, written.Errors?.CriticalShare, written.Errors?.MinimumRequests, written.Errors?.WindowMinutes),
        Latency = new AlertLatencyModel
        {
            Slow = written.Latency?.Seconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            Of = Share(AlertsModel.Default.Latency.Of, written.Latency?.Share, written.Latency?.CriticalShare, written.Latency?.MinimumRequests, written.Latency?.WindowMinutes),
        },
    };

    private AlertWebhook Webhook(AlertWebhookConfig written) => new(
        SecretReference.Parse(written.Url) is { } reference ? secrets[reference].Secret! : written.Url!,
        AlertFormats.Parse(written.Format),
        written.Events is { } events ? events.Entries().Select(static entry => AlertTypes.Parse(entry.Value)).ToFrozenSet() : null);

    private static AlertShareModel Share(AlertShareModel otherwise, double? share, double? criticalShare, int? minRequests, int? windowMinutes) => new()
    {
        Share = share ?? otherwise.Share,
        CriticalShare = criticalShare ?? otherwise.CriticalShare,
        MinRequests = minRequests ?? otherwise.MinRequests,
        Window = windowMinutes is { } minutes ? TimeSpan.FromMinutes(minutes) : otherwise.Window,
    };
}
