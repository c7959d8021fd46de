using Microsoft.AspNetCore.Http;
using ServerlessRouter.Admission;
using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;

namespace ServerlessRouter.Http.Usage;

/// <summary>Lets the admin see everybody's entries in the books, and every other caller its own.</summary>
internal sealed class BooksGate(AdminGate admin, RouterModelSource models)
{
    public async ValueTask<BooksView> FindAsync(HttpContext http)
    {
        var (router, headers) = (models.Current, new HttpRequestHeaders(http.Request.Headers));
        if (await admin.CheckAsync(router, headers, http.RequestAborted) is not { } noAdmin)
            return default;
        if (noAdmin.Code == RouterErrorCode.TemporarilyUnavailable || admin.IsMeant(router, headers))
            return new BooksView(noAdmin, "");
        var refusal = CallerIdentity.Find(router, headers, out var name, out _);
        return new BooksView(refusal, name ?? "");
    }
}
