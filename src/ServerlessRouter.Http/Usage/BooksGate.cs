using Microsoft.AspNetCore.Http;
using ServerlessRouter.Admission;
using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;
using ServerlessRouter.Http.Admin;
using ServerlessRouter.Http.Wire;

namespace ServerlessRouter.Http.Usage;

/// <summary>Lets the admin see all entries in the books, and every other caller its own.</summary>
internal sealed class BooksGate(AdminDoor admin, RouterModelSource models)
{
    public async ValueTask<BooksView> FindAsync(HttpContext http)
    {
        if ((await admin.AdmitAsync(http, AdminRole.Admin)).Error is not { } noAdmin)
            return default;
        if (noAdmin.Code is RouterErrorCode.TemporarilyUnavailable or RouterErrorCode.RateLimitExceeded || admin.IsMeant(http))
            return new BooksView(noAdmin, "");
        var refusal = CallerIdentity.Find(models.Current, new HttpRequestHeaders(http.Request.Headers), out var caller);
        return new BooksView(refusal, caller?.Name ?? "", caller);
    }
}
