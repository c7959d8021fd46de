using Microsoft.AspNetCore.Http;
using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;

namespace ServerlessRouter.Http.Browsers;

/// <summary>
/// Tells requests that a page from elsewhere had a browser send. While a router has no keys nothing else keeps such a page from spending its owner's money: being reached from
/// this machine alone is no protection from what this machine's browser is told to send.
/// </summary>
internal static class ForeignRequest
{
    private const string FetchSite = "Sec-Fetch-Site";
    private const string CrossSite = "cross-site";
    private const int MaxQuoted = 100;

    /// <summary>Null for a program's request and a page of this machine.</summary>
    public static RouterError? Find(HttpRequest request) => FindReason(request) is { } reason
        ? Refusal($"This router has no keys, so it serves only programs and web pages of its own machine, and {reason}. To serve others, add 'keys' to its configuration.")
        : null;

    /// <summary>The same where keys protect from no page, because everyone knows them.</summary>
    public static RouterError? FindWithKnownKey(HttpRequest request) => FindReason(request) is { } reason
        ? Refusal($"This is a demonstration whose keys everyone knows, so it serves only programs and web pages of its own machine, and {reason}. To serve others, start without --demo.")
        : null;

    private static string? FindReason(HttpRequest request)
    {
        // A name that is made to point here (DNS rebinding) makes a page from elsewhere one of the same origin.
        if (request.Host is { HasValue: true } host && !WebOrigin.IsLocalHost(host.Host.AsSpan().Trim("[]")))
            return $"it was sent to the host {Quote(host.Value)} (Host), which is not localhost, 127.0.0.1 or [::1]";
        if (request.Headers.Origin is { Count: > 0 } origin)
            return WebOrigin.Parse(origin) is { IsOfThisMachine: true } ? null : $"this request comes from a page of {Quote(origin!)} (Origin)";
        return string.Equals(request.Headers[FetchSite], CrossSite, StringComparison.OrdinalIgnoreCase)
            ? $"this request comes from a page of another site ({FetchSite})"
            : null;
    }

    private static RouterError Refusal(string message) => new(RouterErrorCode.PermissionDenied, message);

    private static string Quote(string? text) => $"'{(text is { Length: > MaxQuoted } ? text[..MaxQuoted] : text)}'";
}
