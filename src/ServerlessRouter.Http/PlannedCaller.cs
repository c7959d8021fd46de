using Microsoft.AspNetCore.Http;
using ServerlessRouter.Admission;
using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;
using ServerlessRouter.Http.Wire;

namespace ServerlessRouter.Http;

/// <summary>For whom an admin wants to see a decision: the caller that <c>?key=</c> names, or the caller without a key.</summary>
/// <param name="Caller">Null for the caller without a key.</param>
internal sealed record PlannedCaller(CallerModel? Caller)
{
    private const string KeyParameter = "key";

    /// <summary>The same handler, for admins as well; a caller's key goes on as ever.</summary>
    public static EndpointHandler Around(EndpointHandler handler, AdminGate gate, RouterModelSource models) => async http =>
    {
        var (router, headers) = (models.Current, new HttpRequestHeaders(http.Request.Headers));
        if (CallerIdentity.Find(router, headers, out _) is not null && AdminGate.IsKeySent(headers) && (await gate.FindAsync(router, headers, http.RequestAborted)).Admin is { Role: AdminRole.Admin })
        {
            CallerModel? caller = null;
            if (QueryParameters.Text(http.Request, KeyParameter) is { Length: > 0 } name && CallerIdentity.Recall(router, name, out caller) is not null)
            {
                var unknown = new RouterError(RouterErrorCode.NotFound, "There is no such key, or it is not accepted at present. GET /v1/admin/keys lists those that were issued.") { Param = KeyParameter };
                await ErrorAnswer.WriteAsync(http.Response, unknown, http.RequestAborted);
                return;
            }

            http.Features.Set(new PlannedCaller(caller));
        }

        await handler(http);
    };

    /// <summary>Whether an admin asks, and for whom.</summary>
    public static bool TryFind(HttpContext http, out CallerModel? caller)
    {
        var planned = http.Features.Get<PlannedCaller>();
        caller = planned?.Caller;
        return planned is not null;
    }
}
