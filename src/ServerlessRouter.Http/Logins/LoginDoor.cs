using Microsoft.AspNetCore.Http;
using ServerlessRouter.Admission;
using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;
using ServerlessRouter.Http.Browsers;
using ServerlessRouter.Http.Wire;
using ServerlessRouter.Logins;

namespace ServerlessRouter.Http.Logins;

/// <summary>
/// Stands before the endpoints that the dashboard calls: a session there counts as the key it was opened with, which is looked at anew with every request, so that a session never opens more than its key
/// does at that moment. No endpoint that calls a model stands behind it.
/// </summary>
internal sealed class LoginDoor(LoginBook book, LoginIdentity identity, RouterModelSource models, LoginOptions options)
{
    /// <summary>Sent by the page with everything that changes something.</summary>
    public const string RequestTokenHeader = "x-router-csrf";

    private static readonly string[] Safe = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>The same handler, for requests with a session as well.</summary>
    public EndpointHandler Around(EndpointHandler handler) => http => http.Request.Headers.Cookie.Count == 0 ? handler(http) : AdmitAsync(http, handler);

    private async ValueTask AdmitAsync(HttpContext http, EndpointHandler handler)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        if (await FindAsync(http) is { } error)
            await ErrorAnswer.WriteAsync(http.Response, error, http.RequestAborted);
        else
            await handler(http);
    }

    /// <summary>Null, and the request carries the key of its session, where it has one and no key of its own; or why it is refused.</summary>
    private async ValueTask<RouterError?> FindAsync(HttpContext http)
    {
        if (!models.Current.HasDashboard || AdminGate.IsKeySent(new HttpRequestHeaders(http.Request.Headers)) || !LoginCookie.TryRead(http.Request, options.IsAlwaysSecure, out var token))
            return null;
        if (SameOrigin.Find(http.Request) is { } foreign)
            return foreign;
        if (!Safe.Contains(http.Request.Method) && !token.IsRequestToken(http.Request.Headers[RequestTokenHeader]))
            return NoRequestToken;
        var (_, error) = await ResumeAsync(http, token);
        return error;
    }

    /// <summary>The session of a token, and the request carries its key; or why it has ended.</summary>
    public async ValueTask<(LoginSession? Session, RouterError? Error)> ResumeAsync(HttpContext http, LoginToken token)
    {
        var (session, notNow) = await book.FindAsync(token, http.RequestAborted);
        if (notNow is not null)
            return (null, notNow);
        if (session is null)
            return End(http);
        http.Request.Headers.Authorization = $"Bearer {session.Key}";
        var (holder, _, unknown) = await identity.FindAsync(http);
        if (holder == session.Holder)
        {
            http.Features.Set(session);
            return (session, null);
        }

        http.Request.Headers.Remove("Authorization");
        if (unknown?.Code == RouterErrorCode.TemporarilyUnavailable)
            return (null, unknown);
        await book.EndAsync(token, http.RequestAborted);
        return End(http);
    }

    private static (LoginSession? Session, RouterError? Error) End(HttpContext http)
    {
        LoginCookie.Erase(http);
        return (null, new RouterError(RouterErrorCode.InvalidApiKey, "The session has ended: it was logged out, its time is over, or its key is no longer accepted. Log in again at /dashboard."));
    }

    private static RouterError NoRequestToken => new(
        RouterErrorCode.PermissionDenied, $"What changes something needs the header {RequestTokenHeader} beside the session's cookie, with the value that GET /dashboard/session tells. Programs send a key instead.")
    {
        Param = RequestTokenHeader,
    };
}
