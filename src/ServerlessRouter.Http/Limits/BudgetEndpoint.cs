using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;
using ServerlessRouter.Governance;
using ServerlessRouter.Governance.Enforcement;
using ServerlessRouter.Http.Admin;
using ServerlessRouter.Http.Wire;

namespace ServerlessRouter.Http.Limits;

/// <summary>Tells the admin how all budgets stand: spent, pending, and what will be spent by the window's end if it goes on so.</summary>
internal sealed class BudgetEndpoint(AdminDoor door, RouterModelSource models, BudgetPages pages, LimitReader limits)
{
    private const int DefaultLimit = 100;
    private const int MaxLimit = 1000;

    private static readonly string[] Known = ["key", "limit", "after"];

    public async ValueTask ListAsync(HttpContext http)
    {
        RouterError? error = (await door.AdmitAsync(http, AdminRole.Admin)).Error ?? QueryParameters.FindUnknown(http.Request, Known);
        var (limit, after) = (DefaultLimit, default(BudgetPlace));
        error ??= QueryParameters.ReadLimit(http.Request, DefaultLimit, MaxLimit, out limit) ?? BudgetPlace.Read(http.Request, out after);
        if (error is not null)
        {
            await ErrorAnswer.WriteAsync(http.Response, error, http.RequestAborted);
            return;
        }

        var router = models.Current;
        var (page, next) = QueryParameters.Text(http.Request, "key") is { } key ? BudgetPages.ReadOne(router, key, after, limit) : await pages.ReadAsync(router, after, limit, http.RequestAborted);
        var readings = await limits.ReadAsync(page, http.RequestAborted);
        await JsonDocumentAnswer.WriteAsync(http, StatusCodes.Status200OK, (Readings: readings, Next: next), Write);
    }

    private static void Write(Utf8JsonWriter writer, (IReadOnlyList<LimitReading> Readings, BudgetPlace? Next) page)
    {
        writer.WriteStartObject();
        writer.WriteString("object"u8, "list"u8);
        writer.WriteStartArray("data"u8);
        foreach (var reading in page.Readings)
        {
            writer.WriteStartObject();
            writer.WriteString("object"u8, "budget"u8);
            writer.WriteString("kind"u8, NameOf(reading.Subject.Kind));
            writer.WriteString("subject"u8, reading.Subject.Name);
            writer.WriteString("name"u8, reading.Limit.Name);
            writer.WriteNumber("budget_usd"u8, reading.Figure(reading.Limit.Amount));
            writer.WriteNumber("spent_usd"u8, reading.Figure(reading.Standing.Used));
            writer.WriteNumber("pending_usd"u8, reading.Figure(reading.Standing.Pending));
            KeyDocument.WriteFigure(writer, "forecast_usd"u8, reading.Forecast is { } forecast ? reading.Figure(forecast) : null);
            KeyDocument.WriteTime(writer, "resets_at"u8, reading.Standing.ResetsAt);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteBoolean("has_more"u8, page.Next is not null);
        writer.WriteString("next"u8, page.Next?.ToString());
        writer.WriteEndObject();
    }

    private static string NameOf(SubjectKind kind) => kind switch
    {
        SubjectKind.Key => "key",
        SubjectKind.EndUser => "user",
        SubjectKind.Session => "session",
        SubjectKind.Tier => "tier",
        SubjectKind.Route => "route",
        SubjectKind.Model => "model",
        SubjectKind.Tag => "tag",
        SubjectKind.Deployment => "deployment",
    };
}
