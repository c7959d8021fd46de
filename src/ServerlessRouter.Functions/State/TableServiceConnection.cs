using Azure.Core;
using Azure.Data.Tables;
using Microsoft.Extensions.Configuration;
using ServerlessRouter.Functions.Identity;

namespace ServerlessRouter.Functions.State;

/// <summary>Opens the account named by <c>AzureWebJobsStorage</c>: by identity (<c>__tableServiceUri</c> or <c>__accountName</c>, <c>__clientId</c>) or by connection string.</summary>
internal static class TableServiceConnection
{
    public const string Section = "AzureWebJobsStorage";

    /// <summary>Time for one try; the caller's loop tries again.</summary>
    public static readonly TimeSpan TryTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Tries after the first.</summary>
    public const int Retries = 2;

    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan MaxDelay = TimeSpan.FromSeconds(2);

    /// <exception cref="InvalidOperationException">No account is named.</exception>
    public static TableServiceClient Open(IConfiguration configuration)
    {
        var options = Options();
        // An exact value wins, as in the Functions host.
        if (configuration[Section] is { Length: > 0 } connectionString)
            return new TableServiceClient(connectionString, options);
        var endpoint = configuration[$"{Section}:tableServiceUri"] is { Length: > 0 } uri ? new Uri(uri)
            : configuration[$"{Section}:accountName"] is { Length: > 0 } account ? new Uri($"https://{account}.table.core.windows.net")
            : throw new InvalidOperationException($"No storage account is named. Set {Section}__tableServiceUri (with {Section}__clientId), or {Section} to a connection string.");
        return new TableServiceClient(endpoint, AppIdentity.Of(configuration[$"{Section}:clientId"]), options);
    }

    private static TableClientOptions Options()
    {
        var options = new TableClientOptions();
        options.Retry.Mode = RetryMode.Exponential;
        options.Retry.MaxRetries = Retries;
        options.Retry.Delay = FirstDelay;
        options.Retry.MaxDelay = MaxDelay;
        options.Retry.NetworkTimeout = TryTimeout;
        return options;
    }
}
