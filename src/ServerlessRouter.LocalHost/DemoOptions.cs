using System.Security.Cryptography;
using System.Text;
using ServerlessRouter.Configuration;
using ServerlessRouter.LocalHost.Starting;

namespace ServerlessRouter.LocalHost;

/// <summary>What <c>--demo</c> sets, and what it does not go with.</summary>
internal static class DemoOptions
{
    private const int KeyBytes = 32;

    /// <summary>The options of a demonstration; without an admin key one is drawn for this run, and the page is let in by it without asking.</summary>
    public static LocalRouterOptions Of(LocalRouterOptions options, out string? openKey)
    {
        if (options.ConfigurationPath is not null)
            throw new StartRefusedException("--demo brings a configuration of its own, and --config names another. Leave one of them out.");
        if (ListenAddresses.AnonymousCallers(ListenAddresses.Parse(options.Urls, options.Certificate is not null, options.UrlsSource)) != AnonymousCallers.Served)
            throw new StartRefusedException($"--demo has keys that everyone knows, so it is for this machine alone: --urls {LocalRouterOptions.DefaultUrl}.");
        openKey = null;
        if (options.AdminKey is not null)
            return options with { Environment = null };
        openKey = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(KeyBytes));
        return options with { Environment = null, AdminKey = $"sha256:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(openKey)))}" };
    }
}
