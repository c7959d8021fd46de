using Microsoft.AspNetCore.Http;
using ServerlessRouter.Admission;
using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;
using ServerlessRouter.Http.Wire;
using ServerlessRouter.Logins;

namespace ServerlessRouter.Http.Logins;

/// <summary>Says whose key a request carries, as the endpoints behind it will find it.</summary>
internal sealed class LoginIdentity(AdminGate gate, RouterModelSource models)
{
    /// <summary>The holder, or why the key opens nothing.</summary>
    public async ValueTask<(LoginHolder? Holder, AdminRole? Role, RouterError? Error)> FindAsync(HttpContext http)
    {
        var (router, headers) = (models.Current, new HttpRequestHeaders(http.Request.Headers));
        var (admin, noAdmin) = await gate.FindAsync(router, headers, http.RequestAborted);
        if (admin is not null)
            return (new LoginHolder(admin.Name, IsAdmin: true), admin.Role, null);
        if (noAdmin!.Code == RouterErrorCode.TemporarilyUnavailable)
            return (null, null, noAdmin);
        // While callers have no keys, what was sent is none of theirs.
        if (!router.HasKeys)
            return (null, null, NotOne);
        var unknown = CallerIdentity.Find(router, headers, out var caller);
        return unknown is null ? (new LoginHolder(caller!.Name, IsAdmin: false), null, null) : (null, null, CallerIdentity.IsUnknown(router, headers) ? NotOne : unknown);
    }

    /// <summary>No key opens anything here, because there are none: everyone who reaches the router is the caller without a key.</summary>
    public bool IsOpen => models.Current is { HasKeys: false, ServesNoCaller: false } router && !gate.HasAdmins(router);

    private static RouterError NotOne => new(RouterErrorCode.InvalidApiKey, "This router knows no such key.");
}
