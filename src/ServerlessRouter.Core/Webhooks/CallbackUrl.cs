using System.Net;
using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;

namespace ServerlessRouter.Webhooks;

/// <summary>Says whether messages may be sent to a URL, as far as the URL itself shows; what its host resolves to is checked when it is called.</summary>
internal static class CallbackUrl
{
    private const int Longest = 2048;

    /// <summary>Null when it may.</summary>
    public static RouterError? FindFault(string written, WebhookModel webhooks)
    {
        if (!webhooks.IsOn)
            return Bad("This router sends no word of the ends of jobs: its configuration has no webhooks.secret. Leave the callback out and ask for the job instead.");
        if (written.Length > Longest || !Uri.TryCreate(written, UriKind.Absolute, out var url) || url.UserInfo.Length > 0 || (url.Scheme != Uri.UriSchemeHttps && url.Scheme != Uri.UriSchemeHttp))
            return Bad("The callback must be an https URL without a user name in it, such as https://hooks.example.com/batches.");
        if (url.Port == 0)
            return Bad("The callback names port 0, on which nothing can listen. Leave the port out, or write the receiver's.");
        if (IsListed(url, webhooks))
            return null;
        if (url.Scheme != Uri.UriSchemeHttps)
            return Bad("The callback must be https.");
        return IPAddress.TryParse(url.IdnHost, out var address) && !PublicAddress.Is(address)
            ? Bad($"The callback's host {url.Host} is not on the public internet. The operator may list it under webhooks.privateHosts.")
            : null;
    }

    /// <summary>The operator lets this host be private.</summary>
    public static bool IsListed(Uri url, WebhookModel webhooks) => webhooks.PrivateHosts.Contains(url.IdnHost.Trim('[', ']'));

    private static RouterError Bad(string message) => RouterError.InvalidRequest(message, "callback_url");
}
