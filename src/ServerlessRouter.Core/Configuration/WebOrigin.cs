using System.Net;

namespace ServerlessRouter.Configuration;

/// <summary>Where a web page comes from, as browsers write it into <c>Origin</c>: scheme, host, and the port where it is not the scheme's own (RFC 6454).</summary>
public readonly record struct WebOrigin
{
    private WebOrigin(string text, bool isOfThisMachine) => (Text, IsOfThisMachine) = (text, isOfThisMachine);

    /// <summary>In lower case: <c>https://chat.example.com:8443</c>.</summary>
    public string Text { get; }

    /// <summary>The page was served by a program of this machine.</summary>
    public bool IsOfThisMachine { get; }

    /// <summary>Null for everything that is no origin of a web page; also for <c>null</c>, which pages from files and sandboxed frames send.</summary>
    public static WebOrigin? Parse(string? text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps))
            return null;
        var written = uri.GetLeftPart(UriPartial.Authority);
        // A path, a user or a query is no part of an origin.
        return uri.UserInfo.Length == 0 && text.AsSpan().TrimEnd('/').Equals(written, StringComparison.OrdinalIgnoreCase) && !text.EndsWith('/')
            ? new WebOrigin(written, IsLocalHost(uri.IdnHost))
            : null;
    }

    /// <summary>Whether a host, without port and brackets, names this machine and nothing else: <c>localhost</c>, <c>127.0.0.1</c>, <c>::1</c>.</summary>
    public static bool IsLocalHost(ReadOnlySpan<char> host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}
