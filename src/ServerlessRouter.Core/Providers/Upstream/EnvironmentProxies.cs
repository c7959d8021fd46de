using System.Net;
using ServerlessRouter.Configuration;

namespace ServerlessRouter.Providers.Upstream;

/// <summary>The proxies that environment variables name, read once: <c>HTTPS_PROXY</c>, <c>HTTP_PROXY</c>, <c>ALL_PROXY</c> and what <c>NO_PROXY</c> leaves out.</summary>
/// <remarks>
/// Small letters win, as in curl. <c>NO_PROXY</c> is read as Go reads it, the widest of the customs: a name also means what is below it, with or without a leading dot or <c>*.</c>; an
/// address, a network (<c>10.0.0.0/8</c>), each with a port if need be; <c>*</c> means all. This machine's own addresses are always called straight.
/// </remarks>
internal sealed class EnvironmentProxies
{
    private readonly Uri? _https;
    private readonly Uri? _http;
    private readonly ProxyExceptions _exceptions;
    private readonly List<string> _unreadable = [];

    private EnvironmentProxies(Func<string, string?> lookup)
    {
        var all = Read("ALL_PROXY", lookup);
        _https = Read("HTTPS_PROXY", lookup) ?? all;
        _http = Read("HTTP_PROXY", lookup) ?? all;
        _exceptions = new ProxyExceptions(Written("NO_PROXY", lookup) ?? "");
    }

    /// <summary>Variables whose value is no address of a proxy, and which count as not set.</summary>
    public IReadOnlyList<string> Unreadable => _unreadable;

    /// <summary>Reads the variables of this process.</summary>
    public static EnvironmentProxies OfProcess() => new(Environment.GetEnvironmentVariable);

    /// <summary>Reads variables from elsewhere.</summary>
    public static EnvironmentProxies Read(Func<string, string?> lookup) => new(lookup);

    /// <summary>The proxy for an address; null where it is called straight.</summary>
    public Uri? For(Uri address)
    {
        var proxy = address.Scheme == Uri.UriSchemeHttps ? _https : _http;
        return proxy is null || address.IsLoopback || IsLoopbackNumber(address) || _exceptions.Hold(address) ? null : proxy;
    }

    // 127.0.0.2 is this machine too, which Uri does not say.
    private static bool IsLoopbackNumber(Uri address) => IPAddress.TryParse(address.DnsSafeHost, out var number) && IPAddress.IsLoopback(number);

    private Uri? Read(string name, Func<string, string?> lookup)
    {
        if (Written(name, lookup) is not { } written)
            return null;
        var address = ProxyChoice.ParseAddress(written);
        if (address is null)
            _unreadable.Add(name);
        return address;
    }

    private static string? Written(string name, Func<string, string?> lookup)
    {
        var value = lookup(name.ToLowerInvariant());
        if (string.IsNullOrWhiteSpace(value))
            value = lookup(name);
        return string.IsNullOrWhiteSpace(value) ? null : value.Trim();
    }
}

/// <summary>The list in <c>NO_PROXY</c>: what is called straight.</summary>
internal sealed class ProxyExceptions
{
    private readonly List<Entry> _entries = [];
    private readonly bool _holdsAll;

    /// <summary>Entries are separated by commas, semicolons or white space.</summary>
    public ProxyExceptions(string list)
    {
        foreach (var text in list.Split([',', ';', ' ', '\t'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (text == "*")
                _holdsAll = true;
            else
                _entries.Add(Entry.Parse(text));
        }
    }

    /// <summary>Whether an address is on the list.</summary>
    public bool Hold(Uri address)
    {
        if (_holdsAll)
            return true;
        var host = address.DnsSafeHost.TrimEnd('.');
        var number = IPAddress.TryParse(host, out var parsed) ? parsed : null;
        return _entries.Exists(entry => entry.Holds(host, number, address.Port));
    }

    /// <param name="Name">A host or domain without leading dot; empty for a network.</param>
    /// <param name="Network">Addresses, where the entry names some.</param>
    /// <param name="Port">The only port that is meant; null for all.</param>
    private sealed record Entry(string Name, IPNetwork? Network, int? Port)
    {
        public static Entry Parse(string text)
        {
            if (IPNetwork.TryParse(text, out var network))
                return new Entry("", network, null);
            if (IPAddress.TryParse(text, out var number))
                return new Entry("", Only(number), null);
            var (name, port) = SplitPort(text);
            if (IPAddress.TryParse(name.Trim('[', ']'), out number))
                return new Entry("", Only(number), port);
            return new Entry((name.StartsWith("*.", StringComparison.Ordinal) ? name[2..] : name).Trim('.'), null, port);
        }

        public bool Holds(string host, IPAddress? number, int port)
        {
            if (Port is { } only && only != port)
                return false;
            if (Network is { } network)
                return number is not null && network.Contains(number);
            return Name.Length > 0 && host.EndsWith(Name, StringComparison.OrdinalIgnoreCase)
                && (host.Length == Name.Length || host[^(Name.Length + 1)] == '.');
        }

        private static IPNetwork Only(IPAddress number) => new(number, number.GetAddressBytes().Length * 8);

        private static (string Name, int? Port) SplitPort(string text)
        {
            var colon = text.LastIndexOf(':');
            return colon > 0 && int.TryParse(text.AsSpan(colon + 1), out var port) ? (text[..colon], port) : (text, null);
        }
    }
}
