using Microsoft.AspNetCore.Http;
using ServerlessRouter.Admission;
using ServerlessRouter.Configuration;
using ServerlessRouter.Governance.Enforcement;
using ServerlessRouter.Http.Wire;

namespace ServerlessRouter.Http.Limits;

/// <summary>Tells a key its tier, what it may ask for, and how its limits and budgets stand.</summary>
internal sealed class KeyEndpoint(RouterModelSource models, LimitReader limits)
{
    public async ValueTask GetAsync(HttpContext http)
    {
        var router = models.Current;
        if (CallerIdentity.Find(router, new HttpRequestHeaders(http.Request.Headers), out var caller) is { } unknownCaller)
        {
            await ErrorAnswer.WriteAsync(http.Response, unknownCaller, http.RequestAborted);
            return;
        }

        var tier = caller?.Tier ?? router.AnonymousTier;
        var names = router.Routes.Select(static route => route.Name).Concat(router.Models.Select(static model => model.Name));
        var view = new KeyView(caller, tier, names.Where(name => caller?.Allows(name) ?? tier.Allows(name)), await limits.ReadAsync(router, caller, http.RequestAborted));
        await JsonDocumentAnswer.WriteAsync(http, StatusCodes.Status200OK, view, KeyDocument.Write);
    }
}
