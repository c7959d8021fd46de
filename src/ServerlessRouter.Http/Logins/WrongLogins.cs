using Microsoft.AspNetCore.Http;
using ServerlessRouter.Admission;
using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;
using ServerlessRouter.Http.Admin;

namespace ServerlessRouter.Http.Logins;

/// <summary>Counts wrong keys of logins with those of all other requests, and holds their answers back alike: at the admin's door where there is an admin, else with callers' keys.</summary>
internal sealed class WrongLogins(AdminDoor door, AdminGate gate, CallerKeyWatch callers, RouterModelSource models)
{
    /// <summary>Before the key of a login is looked at; an error where too many wrong ones wait.</summary>
    public async ValueTask<RouterError?> BeforeAsync(HttpContext http)
    {
        if (!gate.HasAdmins(models.Current))
            return await callers.BeforeAsync(http);
        var finding = await door.AdmitAsync(http, AdminRole.Keys);
        return finding.Error is { Code: RouterErrorCode.RateLimitExceeded } tooMany ? tooMany : null;
    }

    /// <summary>After a login was answered.</summary>
    public void After(HttpContext http)
    {
        if (!gate.HasAdmins(models.Current))
            callers.After(http);
    }
}
