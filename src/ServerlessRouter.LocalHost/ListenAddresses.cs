using System.Net;
using ServerlessRouter.Configuration;

namespace ServerlessRouter.LocalHost;

/// <summary>Where the router listens, and whether it may.</summary>
internal static class ListenAddresses
{
    private const string AnyHost = "+";

    /// <summary>Reads <c>--urls</c>; refuses what is not an address, and addresses that do not fit the certificate there is or is not.</summary>
    public static IReadOnlyList<BindingAddress> Parse(string urls, bool hasCertificate = false)
    {
        BindingAddress[] addresses = [.. urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(ParseOne)];
        if (addresses.Length == 0)
            throw new StartRefusedException("'--urls' names no address; for example http://127.0.0.1:8080.");
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
        if (model.CallersByKeyHash.Count > 0 || addresses.FirstOrDefault(static address => !IsLoopback(address.Host)) is not { } address)
            return;
        throw new StartRefusedException(
            $"'{address}' can be reached from other machines, and no key is configured, so anyone could spend your money. "
            + "Add 'keys' to the configuration, or listen on 127.0.0.1.");
    }

    /// <summary>Who may call without a key if the configuration loses its keys while the router runs: nobody where others reach it.</summary>
    public static AnonymousCallers AnonymousCallers(IEnumerable<BindingAddress> addresses) =>
        addresses.All(static address => IsLoopback(address.Host)) ? Configuration.AnonymousCallers.Served : Configuration.AnonymousCallers.Refused;

    private static BindingAddress ParseOne(string url)
    {
        try
        {
            var address = BindingAddress.Parse(url);
            if (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps)
                return address;
        }
        catch (FormatException)
        {
            // Answered below, like every other address that cannot be listened on.
        }

        throw new StartRefusedException($"'{url}' is not an address to listen on; write http://HOST:PORT or https://HOST:PORT, for example http://127.0.0.1:8080.");
    }

    private static bool IsLoopback(string host) =>
        host != AnyHost && (string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address)));
}
