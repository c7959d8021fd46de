using System.Globalization;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace ServerlessRouter.LocalHost;

/// <summary>Says in a sentence why an address cannot be listened on, and what to write instead.</summary>
internal static class ListenFault
{
    /// <summary>The first port that needs no rights.</summary>
    private const int FirstOpenPort = 1024;

    /// <summary>Null for a fault that is no operator's to mend.</summary>
    public static string? Describe(Exception fault, IReadOnlyList<BindingAddress> addresses)
    {
        // Kestrel names a loopback address where localhost was asked for.
        var address = addresses.FirstOrDefault(address => fault.Message.Contains(address.ToString(), StringComparison.OrdinalIgnoreCase))
            ?? addresses.FirstOrDefault(address => fault.Message.Contains(string.Create(CultureInfo.InvariantCulture, $":{address.Port}:"), StringComparison.Ordinal))
            ?? addresses[0];
        return Find(fault) switch
        {
            SocketError.AddressAlreadyInUse => $"Port {address.Port} is in use by another program, so the router cannot listen on {address}. Stop that program, or choose another port: --urls {WithPort(address, address.Port + 1)}",
            SocketError.AccessDenied => $"This user may not listen on port {address.Port}, as mostly below {FirstOpenPort}. Choose a higher one: --urls {WithPort(address, LocalPort)}",
            SocketError.AddressNotAvailable => $"{address.Host} is no address of this machine. Listen on all of its addresses with --urls http://0.0.0.0:{address.Port}, or on this machine alone with --urls http://127.0.0.1:{address.Port}",
            SocketError.AddressFamilyNotSupported or SocketError.ProtocolNotSupported => $"This machine has no addresses of the kind of {address.Host}. Listen on IPv4: --urls http://127.0.0.1:{address.Port}",
            null when fault is IOException => $"The router cannot listen on {address}: {fault.Message}",
            null => null,
            { } error => $"The router cannot listen on {address}: {error}. Choose another address with --urls.",
        };
    }

    private static int LocalPort => new Uri(LocalRouterOptions.DefaultUrl).Port;

    private static SocketError? Find(Exception? fault) => fault switch
    {
        null => null,
        AddressInUseException => SocketError.AddressAlreadyInUse,
        SocketException socket => socket.SocketErrorCode,
        AggregateException { InnerExceptions: [var first, ..] } => Find(first),
        _ => Find(fault.InnerException),
    };

    private static string WithPort(BindingAddress address, int port) => $"{address.Scheme}://{address.Host}:{Math.Min(port, ushort.MaxValue)}";
}
