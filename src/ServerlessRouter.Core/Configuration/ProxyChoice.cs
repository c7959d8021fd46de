namespace ServerlessRouter.Configuration;

/// <summary>How calls to a provider leave this machine.</summary>
public abstract record ProxyChoice
{
    /// <summary>The value of <c>providers.*.proxy</c> that stands for <see cref="None"/>.</summary>
    public const string NoneName = "none";

    private static readonly string[] Schemes = [Uri.UriSchemeHttp, Uri.UriSchemeHttps, "socks5", "socks4", "socks4a"];

    private ProxyChoice()
    {
    }

    /// <summary>Through the proxy that the environment names for the address, if any.</summary>
    public sealed record FromEnvironment : ProxyChoice
    {
        public static readonly FromEnvironment Instance = new();
    }

    /// <summary>Straight, whatever the environment says.</summary>
    public sealed record None : ProxyChoice
    {
        public static readonly None Instance = new();
    }

    /// <summary>Through this proxy. The address may hold a password, so it is never printed.</summary>
    public sealed record At(Uri Address) : ProxyChoice
    {
        public override string ToString() => "a proxy";
    }

    /// <summary>The address of a proxy as people write it, also without a scheme; null when it is none.</summary>
    public static Uri? ParseAddress(string text)
    {
        var written = text.Contains("://", StringComparison.Ordinal) ? text : "http://" + text;
        // curl's name for SOCKS 5 where the proxy looks the host up, which it always does here.
        if (written.StartsWith("socks5h://", StringComparison.OrdinalIgnoreCase))
            written = "socks5" + written["socks5h".Length..];
        return Uri.TryCreate(written, UriKind.Absolute, out var address)
            && Schemes.Contains(address.Scheme) && address is { Host.Length: > 0, AbsolutePath: "/" or "", Query: "", Fragment: "" }
            ? address : null;
    }
}
