using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ServerlessRouter.Audit;
using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;
using ServerlessRouter.Http.Wire;

namespace ServerlessRouter.Http.Admin;

/// <summary>Tells who changed what, and which tiers keys may have.</summary>
internal sealed class AuditEndpoints(AdminDoor door, AuditLog? audit, RouterModelSource models)
{
    private const int DefaultPage = 100;
    private const int MaxPage = 1000;
    private const int MaxCursorLength = 64;

    /// <summary>The lines of the audit log, the newest first.</summary>
    public async ValueTask ListAsync(HttpContext http)
    {
        var finding = await door.AdmitAsync(http, AdminRole.Admin);
        var limit = DefaultPage;
        var error = finding.Error ?? QueryParameters.FindUnknown(http.Request, ["after", "limit", "action", "subject"]) ?? QueryParameters.ReadLimit(http.Request, DefaultPage, MaxPage, out limit);
        var after = QueryParameters.Text(http.Request, "after") is { Length: > 0 } cursor ? cursor : null;
        if (error is null && after is not null && (after.Length > MaxCursorLength || !after.All(char.IsAsciiHexDigit)))
            error = RouterError.InvalidRequest("'after' must be the id of a line: the last of the page before.", "after");
        if (error is null && audit is null)
            error = new RouterError(RouterErrorCode.NotFound, "This router keeps no audit log: what it keeps is gone with its process. On one machine, start it with --data FOLDER.");
        if (error is not null)
        {
            await ErrorAnswer.WriteAsync(http.Response, error, http.RequestAborted);
            return;
        }

        var (action, subject) = (QueryParameters.Text(http.Request, "action"), QueryParameters.Text(http.Request, "subject"));
        var (page, hasMore) = (new List<AuditEntry>(), false);
        await foreach (var entry in audit!.ReadAsync(after, http.RequestAborted))
        {
            // An action stands for all below it: "key" for "key.create".
            if ((action is not null && entry.Action != action && !entry.Action.StartsWith(action + ".", StringComparison.Ordinal)) || (subject is not null && entry.Subject != subject))
                continue;
            hasMore = page.Count == limit;
            if (hasMore)
                break;
            page.Add(entry);
        }

        await JsonDocumentAnswer.WriteAsync(http, StatusCodes.Status200OK, (page, hasMore), static (writer, found) =>
        {
            writer.WriteStartObject();
            writer.WriteString("object"u8, "list"u8);
            writer.WriteStartArray("data"u8);
            foreach (var entry in found.page)
                Write(writer, entry);
            writer.WriteEndArray();
            writer.WriteString("last_id"u8, found.page.Count == 0 ? null : found.page[^1].Id);
            writer.WriteBoolean("has_more"u8, found.hasMore);
            writer.WriteEndObject();
        });
    }

    /// <summary>The tiers that keys of the admin may have.</summary>
    public async ValueTask ListTiersAsync(HttpContext http)
    {
        var finding = await door.AdmitAsync(http, AdminRole.Keys);
        if (finding.Admin is not { } admin)
        {
            await ErrorAnswer.WriteAsync(http.Response, finding.Error!, http.RequestAborted);
            return;
        }

        var tiers = models.Current.Tiers.Where(tier => admin.Tiers?.Contains(tier.Name) != false);
        await JsonDocumentAnswer.WriteAsync(http, StatusCodes.Status200OK, tiers, static (writer, tiers) =>
        {
            writer.WriteStartObject();
            writer.WriteString("object"u8, "list"u8);
            writer.WriteStartArray("data"u8);
            foreach (var tier in tiers)
                Write(writer, tier);
            writer.WriteEndArray();
            writer.WriteEndObject();
        });
    }

    private static void Write(Utf8JsonWriter writer, AuditEntry entry)
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, entry.Id);
        writer.WriteString("at"u8, entry.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        writer.WriteString("who"u8, entry.Who);
        writer.WriteString("action"u8, entry.Action);
        writer.WriteString("subject"u8, entry.Subject);
        WriteRaw("before", entry.Before);
        WriteRaw("after", entry.After);
        writer.WriteString("outcome"u8, entry.Outcome);
        writer.WriteString("reason"u8, entry.Reason);
        writer.WriteString("request_id"u8, entry.RequestId);
        writer.WriteEndObject();

        void WriteRaw(string name, string? json)
        {
            writer.WritePropertyName(name);
            writer.WriteRawValue(json ?? "null");
        }
    }

    private static void Write(Utf8JsonWriter writer, TierModel tier)
    {
        writer.WriteStartObject();
        writer.WriteString("name"u8, tier.Name);
        if (tier.Allowed is { } allowed)
        {
            writer.WriteStartArray("routes"u8);
            foreach (var name in allowed.Order(StringComparer.Ordinal))
                writer.WriteStringValue(name);
            writer.WriteEndArray();
        }

        writer.WriteNumber("minimum_quality"u8, tier.MinimumQuality);
        writer.WriteEndObject();
    }
}
