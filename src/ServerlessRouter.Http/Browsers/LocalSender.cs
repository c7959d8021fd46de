using System.Net;
using Microsoft.AspNetCore.Http;

namespace ServerlessRouter.Http.Browsers;

/// <summary>Tells requests that plainly began on this machine from those that a proxy on it passes on for others.</summary>
internal static class LocalSender
{
    /// <summary>What proxies write. None of it is believed; that it is there says enough.</summary>
    private static readonly string[] MarksOfProxies = ["X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Forwarded", "Via"];

    /// <summary>Sent from this machine, to this machine by name, by a program or a page of its own, and by no proxy that shows.</summary>
    public static bool Is(HttpContext http) =>
        http.Connection.RemoteIpAddress is { } sender && IPAddress.IsLoopback(sender)
            && ForeignRequest.Find(http.Request) is null && !Array.Exists(MarksOfProxies, http.Request.Headers.ContainsKey);
}
