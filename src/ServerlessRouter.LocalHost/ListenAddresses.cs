using System.Net;
using ServerlessRouter.Configuration;
using ServerlessRouter.LocalHost.Demo;
using ServerlessRouter.LocalHost.Starting;

namespace ServerlessRouter.LocalHost;

/// <summary>Where the router listens, and whether it may.</summary>
internal static class ListenAddresses
{
    private const string AnyHost = "+";

    /// <summary>Reads <c>--urls</c>, or what stands in for it; refuses what is not an address, and addresses that do not fit the certificate there is or is not.</summary>
    public static IReadOnlyList<BindingAddress> Parse(string urls, bool hasCertificate = false, string source = ListenUrls.Option)
    {
        BindingAddress[] addresses = [.. urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(url => ParseOne(url, source))];
        if (addresses.Length == 0)
            throw new StartRefusedException($"{source} names no address; for example http://127.0.0.1:8080.");
        var secure = addresses.FirstOrDefault(static address => address.Scheme == Uri.UriSchemeHttps);
        if (secure is not null && !hasCertificate)
            throw new StartRefusedException($"'{secure}' needs a certificate: add --certificate FILE, a PEM file (with --certificate-key FILE for its key) or a PFX file.");
        if (secure is null && hasCertificate)
            throw new StartRefusedException($"--certificate was given, and no address begins with https://. Write --urls {LocalRouterOptions.DefaultSecureUrl}, for example.");
        return addresses;
    }

    /// <summary>Refuses, while no key is configured, what others can reach.</summary>
    public static void RefuseStrangers(IEnumerable<BindingAddress> addresses, RouterModel model)
    {
        if (model.HasKeys || addresses.FirstOrDefault(static address => !IsLoopback(address.Host)) is not { } address)
            return;
        throw new StartRefusedException(
            $"'{address}' can be reached from other machines, and no key is configured, so anyone could spend your money. "
            + $"Add {EnvironmentConfiguration.KeyMember} to the configuration and set {EnvironmentConfiguration.KeyVariable} (without a file the variable is enough), or listen on this machine alone: --urls http://127.0.0.1:8080.");
    }

    /// <summary>Refuses, while a demonstration's keys count, what others can reach.</summary>
    public static void RefuseKnownKeys(IEnumerable<BindingAddress> addresses, RouterModel model)
    {
        if (addresses.FirstOrDefault(static address => !IsLoopback(address.Host)) is not { } address || DemoConfiguration.FindKnownCaller(model) is not { } caller)
            return;
        throw new StartRefusedException(
            $"'{address}' can be reached from other machines, and the configuration still has keys of --demo, which everyone knows ('{DemoConfiguration.KeyOf(caller)}'). "
            + "Name a file with keys of your own by --config, start with another folder by --data, or listen on this machine alone: --urls http://127.0.0.1:8080.");
    }

    /// <summary>Who may call without a key if the configuration loses its keys while the router runs: no caller where others reach it.</summary>
    public static AnonymousCallers AnonymousCallers(IEnumerable<BindingAddress> addresses) =>
        AreLoopback(addresses) ? Configuration.AnonymousCallers.Served : Configuration.AnonymousCallers.Refused;

    /// <summary>Only this machine reaches all of them.</summary>
    public static bool AreLoopback(IEnumerable<BindingAddress> addresses) => addresses.All(static address => IsLoopback(address.Host));

    private static BindingAddress ParseOne(string url, string source)
    {
        try
        {
            var address = BindingAddress.Parse(url);
            if (IsServed(address.Scheme) && address.Port <= ushort.MaxValue && address.PathBase.Length == 0 && !HasPortInHost(address))
                return IsDynamicLocalhost(address) ? BindingAddress.Parse($"{address.Scheme}://127.0.0.1:0") : address;
        }
        catch (FormatException)
        {
            // Answered below, like every other address that cannot be listened on.
        }

        throw new StartRefusedException($"{source}: '{url}' is not an address to listen on; write http://HOST:PORT or https://HOST:PORT, for example http://127.0.0.1:8080.");
    }

    private static bool IsServed(string scheme) => scheme == Uri.UriSchemeHttp || scheme == Uri.UriSchemeHttps;

    /// <summary>What is no number behind the last colon is taken as part of the name.</summary>
    private static bool HasPortInHost(BindingAddress address) =>
        !address.IsUnixPipe && !address.Host.StartsWith('[') && address.Host.Contains(':', StringComparison.Ordinal);

    /// <summary>The two addresses of localhost would get two ports.</summary>
    private static bool IsDynamicLocalhost(BindingAddress address) => address.Port == 0 && string.Equals(address.Host, "localhost", StringComparison.OrdinalIgnoreCase);

    private static bool IsLoopback(string host) =>
        host != AnyHost && (string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address)));
}
