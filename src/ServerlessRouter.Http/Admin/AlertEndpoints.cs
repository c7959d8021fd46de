using Microsoft.AspNetCore.Http;
using ServerlessRouter.Alerts;
using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;
using ServerlessRouter.Http.Wire;

namespace ServerlessRouter.Http.Admin;

/// <summary>Shows what is wrong, and what was, and lets admins take note of it.</summary>
internal sealed class AlertEndpoints(AdminDoor door, AlertAdministration? alerts)
{
    private const int DefaultPage = 100;
    private const int MaxPage = 1000;

    /// <summary>The alerts, the newest first.</summary>
    public async ValueTask ListAsync(HttpContext http)
    {
        var finding = await door.AdmitAsync(http, AdminRole.Admin);
        var limit = DefaultPage;
        var error = finding.Error ?? QueryParameters.FindUnknown(http.Request, ["state", "after", "limit"]) ?? QueryParameters.ReadLimit(http.Request, DefaultPage, MaxPage, out limit);
        var state = QueryParameters.Text(http.Request, "state") ?? "open";
        if (error is null && state is not ("open" or "all"))
            error = RouterError.InvalidRequest("'state' must be open or all.", "state");
        var after = QueryParameters.Text(http.Request, "after") is { Length: > 0 } cursor ? cursor : null;
        if (error is null && after is not null && !AlertAdministration.IsId(after))
            error = RouterError.InvalidRequest("'after' must be the id of an alert: the 'next' of the page before.", "after");
        if ((error ?? (alerts is null ? NoAlerts : null)) is { } refused)
        {
            await ErrorAnswer.WriteAsync(http.Response, refused, http.RequestAborted);
            return;
        }

        var page = await alerts!.ListAsync(state == "open", after, limit, http.RequestAborted);
        await JsonDocumentAnswer.WriteAsync(http, StatusCodes.Status200OK, page, static (writer, page) =>
        {
            writer.WriteStartObject();
            writer.WriteString("object"u8, "list"u8);
            writer.WriteStartArray("data"u8);
            foreach (var alert in page.Alerts)
                AlertJson.Write(writer, alert);
            writer.WriteEndArray();
            writer.WriteBoolean("has_more"u8, page.HasMore);
            writer.WriteString("next"u8, page.HasMore ? page.Alerts[^1].Id : null);
            writer.WriteEndObject();
        });
    }

    /// <summary>Takes note of one in the admin's name.</summary>
    public async ValueTask AcknowledgeAsync(HttpContext http)
    {
        var finding = await door.AdmitAsync(http, AdminRole.Admin);
        if (finding.Admin is not { } admin)
        {
            await ErrorAnswer.WriteAsync(http.Response, finding.Error!, http.RequestAborted);
            return;
        }

        var error = AdminDoor.ActOf(http, admin, out var act) ?? QueryParameters.FindUnknown(http.Request, []) ?? (alerts is null ? NoAlerts : null);
        var id = PathName.IdOf(http);
        if (error is null && AlertAdministration.IsId(id) && await alerts!.AcknowledgeAsync(act, id, http.RequestAborted) is { } alert)
        {
            await JsonDocumentAnswer.WriteAsync(http, StatusCodes.Status200OK, alert, AlertJson.Write);
            return;
        }

        await ErrorAnswer.WriteAsync(http.Response, error ?? new RouterError(RouterErrorCode.NotFound, "There is no alert of this id, or no longer. GET /v1/admin/alerts?state=all lists those there are."), http.RequestAborted);
    }

    private static RouterError NoAlerts => new(RouterErrorCode.NotFound, "This router keeps no alerts.");
}
