using System.Net;

namespace ServerlessRouter.Providers.Upstream;

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
