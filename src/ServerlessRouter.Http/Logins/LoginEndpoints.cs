using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;
using ServerlessRouter.Http.Browsers;
using ServerlessRouter.Http.Dashboard;
using ServerlessRouter.Http.Wire;
using ServerlessRouter.Logins;

namespace ServerlessRouter.Http.Logins;

/// <summary>Opens sessions of the dashboard with a key, tells of them, and ends them.</summary>
internal sealed partial class LoginEndpoints(LoginTerms terms, LoginBody bodies, WrongLogins wrong, ILogger logger)
{
    /// <summary>Opens a session; one that the browser had before ends.</summary>
    public async ValueTask OpenAsync(HttpContext http)
    {
        if ((WhereOff() ?? SameOrigin.Find(http.Request)) is { } refused)
        {
            await ErrorAnswer.WriteAsync(http.Response, refused, http.RequestAborted);
            return;
        }

        var (key, unread) = await bodies.ReadAsync(http);
        var (document, error) = unread is null ? await LogInAsync(http, key!) : (null, unread);
        await AnswerAsync(http, document, error);
        wrong.After(http);
    }

    /// <summary>Tells whose session it is, and what to send with everything that changes something.</summary>
    public async ValueTask GetAsync(HttpContext http)
    {
        LoginSession? session = null;
        var error = WhereOff() ?? SameOrigin.Find(http.Request);
        if (error is null && LoginCookie.TryRead(http.Request, terms.Options.IsAlwaysSecure, out var token))
        {
            (session, error) = await terms.Door.ResumeAsync(http, token);
            // A session that has ended is as good as none; one that cannot be looked up now may go on.
            error = error?.Code == RouterErrorCode.TemporarilyUnavailable ? error : null;
        }
        else
        {
            token = null;
        }

        if (error is not null)
            await ErrorAnswer.WriteAsync(http.Response, error, http.RequestAborted);
        else if (session is not null)
            await AnswerAsync(http, await DescribeAsync(http, session, token!), null);
        else if (terms.Options.OpenKey is { } open && LocalSender.Is(http))
            await AnswerLogInAsync(http, open);
        else
            await AnswerAsync(http, terms.Identity.IsOpen ? LoginDocument.Anonymous : null, NoSession);
    }

    /// <summary>Ends a session.</summary>
    public async ValueTask EndAsync(HttpContext http)
    {
        if ((WhereOff() ?? SameOrigin.Find(http.Request)) is { } refused)
        {
            await ErrorAnswer.WriteAsync(http.Response, refused, http.RequestAborted);
            return;
        }

        if (LoginCookie.TryRead(http.Request, terms.Options.IsAlwaysSecure, out var token))
            await terms.Book.EndAsync(token, http.RequestAborted);
        LoginCookie.Erase(http);
        http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private async ValueTask AnswerLogInAsync(HttpContext http, string key)
    {
        var (document, error) = await LogInAsync(http, key);
        await AnswerAsync(http, document, error);
    }

    private async ValueTask<(LoginDocument? Document, RouterError? Error)> LogInAsync(HttpContext http, string key)
    {
        // From here on the request carries its key as every other does, and what counts wrong keys sees it.
        http.Request.Headers.Authorization = $"Bearer {key}";
        if (await wrong.BeforeAsync(http) is { } tooMany)
            return (null, tooMany);
        var (holder, role, unknown) = await terms.Identity.FindAsync(http);
        if (holder is null)
            return (null, unknown);
        if (LoginCookie.TryRead(http.Request, terms.Options.IsAlwaysSecure, out var before))
            await terms.Book.EndAsync(before, http.RequestAborted);
        // Never one that the browser brought: who had planted it would share the session.
        var token = LoginToken.Draw();
        var session = await terms.Book.OpenAsync(token, holder, key, http.RequestAborted);
        LoginCookie.Write(http, token, terms.Options.IsAlwaysSecure);
        LogOpened(holder.IsAdmin ? "admin" : "caller", holder.Name);
        return (new LoginDocument(holder, role, token.RequestToken, session.ExpiresAt), null);
    }

    private async ValueTask<LoginDocument> DescribeAsync(HttpContext http, LoginSession session, LoginToken token) =>
        new(session.Holder, (await terms.Identity.FindAsync(http)).Role, token.RequestToken, session.ExpiresAt);

    private static ValueTask AnswerAsync(HttpContext http, LoginDocument? document, RouterError? error) => document is not null
        ? JsonDocumentAnswer.WriteAsync(http, StatusCodes.Status200OK, document, LoginDocument.Write)
        : ErrorAnswer.WriteAsync(http.Response, error!, http.RequestAborted);

    private RouterError? WhereOff() => terms.Models.Current.HasDashboard ? null : DashboardPages.Off;

    private static RouterError NoSession => new(RouterErrorCode.InvalidApiKey, "There is no session. Log in with an admin key or a caller's key: POST /dashboard/login.");

    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "A session of the dashboard was opened for the {Role} {Name}")]
    private partial void LogOpened(string role, string name);
}

/// <summary>What logins go by.</summary>
/// <param name="Book">The sessions.</param>
/// <param name="Door">Resumes them.</param>
/// <param name="Identity">Says whose a key is.</param>
/// <param name="Models">The configuration.</param>
/// <param name="Options">The host's.</param>
internal sealed record LoginTerms(LoginBook Book, LoginDoor Door, LoginIdentity Identity, RouterModelSource Models, LoginOptions Options);
