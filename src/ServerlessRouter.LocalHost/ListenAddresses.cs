using System.Net;
using ServerlessRouter.Configuration;

namespace ServerlessRouter.LocalHost;

/// <summary>Where the router listens, and whether it may.</summary>
internal static class ListenAddresses
{
    private const string AnyHost = "+";

    /// <summary>Reads <c>--urls</c>; refuses what is not an address.</summary>
    public static IReadOnlyList<BindingAddress> Parse(string urls)
    {
        BindingAddress[] addresses = [.. urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(ParseOne)];
        return addresses.Length > 0 ? addresses : throw new StartRefusedException("'--urls' names no address; for example http://127.0.0.1:8080.");
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
            if (address.Scheme == Uri.UriSchemeHttp)
                return address;
        }
        catch (FormatException)
        {
            // Answered below, like every other address that cannot be listened on.
        }

        throw new StartRefusedException($"'{url}' is not an address to listen on; write http://HOST:PORT, for example http://127.0.0.1:8080.");
    }

    private static bool IsLoopback(string host) =>
        host != AnyHost && (string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address)));
}
