using System.Net;
using System.Net.Sockets;

namespace ServerlessRouter.Webhooks;

/// <summary>Tells addresses of the public internet from all others: this machine's, private networks', link-local (a cloud's metadata service among them) and reserved ones.</summary>
/// <remarks>Source: the IANA special-purpose address registries for IPv4 and IPv6 (RFC 6890 and its updates).</remarks>
public static class PublicAddress
{
    private static readonly IPNetwork[] Reserved =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16",
            "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "168.63.129.16/32",
        }.Select(IPNetwork.Parse),
    ];

    /// <summary>What is global unicast; the rest of IPv6 is not for us.</summary>
    private static readonly IPNetwork Global = IPNetwork.Parse("2000::/3");

    private static readonly IPNetwork[] ReservedGlobal = [.. new[] { "2001::/23", "2001:db8::/32", "3fff::/20" }.Select(IPNetwork.Parse)];
    private static readonly IPNetwork SixToFour = IPNetwork.Parse("2002::/16");
    private static readonly IPNetwork Translated = IPNetwork.Parse("64:ff9b::/96");

    public static bool Is(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        if (address.AddressFamily == AddressFamily.InterNetwork)
            return !Reserved.Any(network => network.Contains(address));
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return false;

        // Some addresses carry another inside, and that is where the packets end.
        var bytes = address.GetAddressBytes();
        if (SixToFour.Contains(address))
            return Is(new IPAddress(bytes.AsSpan(2, 4)));
        if (Translated.Contains(address))
            return Is(new IPAddress(bytes.AsSpan(12, 4)));
        return Global.Contains(address) && !ReservedGlobal.Any(network => network.Contains(address));
    }
}
