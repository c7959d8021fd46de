using Azure.Core;
using Azure.Security.KeyVault.Secrets;
using Microsoft.Extensions.Configuration;
using ServerlessRouter.Functions.Identity;

namespace ServerlessRouter.Functions.Secrets;

/// <summary>Opens the key vault named by <see cref="EndpointSetting"/>, by the app's identity.</summary>
internal static class KeyVaultConnection
{
    public const string EndpointSetting = "AZURE_KEY_VAULT_ENDPOINT";

    /// <summary>Time for one try.</summary>
    public static readonly TimeSpan TryTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Tries after the first.</summary>
    public const int Retries = 2;

    /// <summary>Null when no vault is named.</summary>
    public static SecretClient? Open(IConfiguration settings) => settings[EndpointSetting] is { Length: > 0 } endpoint
        ? new SecretClient(new Uri(endpoint), AppIdentity.Of(settings[AppIdentity.ClientIdSetting]), Options())
        : null;

    /// <summary>How the vault is asked: an app that starts waits for its secrets, but not for long.</summary>
    public static SecretClientOptions Options()
    {
        var options = new SecretClientOptions();
        options.Retry.Mode = RetryMode.Exponential;
        options.Retry.MaxRetries = Retries;
        options.Retry.Delay = TimeSpan.FromMilliseconds(200);
        options.Retry.MaxDelay = TimeSpan.FromSeconds(2);
        options.Retry.NetworkTimeout = TryTimeout;
        return options;
    }
}
