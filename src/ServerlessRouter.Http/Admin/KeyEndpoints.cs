using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ServerlessRouter.Audit;
using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;
using ServerlessRouter.Http.Bodies;
using ServerlessRouter.Http.Wire;
using ServerlessRouter.Keys;

namespace ServerlessRouter.Http.Admin;

/// <summary>Issues keys and changes them, for admins.</summary>
internal sealed class KeyEndpoints(AdminDoor door, KeyAdministration? keys, RequestBodyReader bodies)
{
    private const int DefaultPage = 100;
    private const int MaxPage = 1000;

    /// <summary>A key with all that may be written of it, many times over.</summary>
    private static readonly BodyLimit Limit = new(64 * 1024);

    /// <summary>Issues one, and shows it this once.</summary>
    public ValueTask CreateAsync(HttpContext http) => AdmitAsync(http, async (administration, act) =>
    {
        var (order, unread) = await ReadAsync(http, KeyBody.ReadNew);
        await AnswerAsync(http, unread is null ? await administration.CreateAsync(act, order!, http.RequestAborted) : new KeyOutcome(unread), StatusCodes.Status201Created);
    });

    /// <summary>Those there are, the newest first.</summary>
    public ValueTask ListAsync(HttpContext http) => AdmitAsync(http, async (administration, act) =>
    {
        if ((QueryParameters.FindUnknown(http.Request, ["after", "limit"]) ?? QueryParameters.ReadLimit(http.Request, DefaultPage, MaxPage, out _)) is { } wrong)
        {
            await ErrorAnswer.WriteAsync(http.Response, wrong, http.RequestAborted);
            return;
        }

        QueryParameters.ReadLimit(http.Request, DefaultPage, MaxPage, out var limit);
        var after = QueryParameters.Text(http.Request, "after");
        if (after is { Length: > 0 } && !KeyBody.IsId(after))
        {
            await ErrorAnswer.WriteAsync(http.Response, RouterError.InvalidRequest("'after' must be the id of a key: the last of the page before.", "after"), http.RequestAborted);
            return;
        }

        var page = await administration.ListAsync(act.Admin, after is { Length: > 0 } ? after : null, limit, http.RequestAborted);
        await JsonDocumentAnswer.WriteAsync(http, StatusCodes.Status200OK, page, static (writer, page) =>
        {
            writer.WriteStartObject();
            writer.WriteString("object"u8, "list"u8);
            writer.WriteStartArray("data"u8);
            foreach (var key in page.Keys)
                IssuedKeyJson.Write(writer, key);
            writer.WriteEndArray();
            writer.WriteString("last_id"u8, page.Keys.Count == 0 ? null : page.Keys[^1].Id);
            writer.WriteBoolean("has_more"u8, page.HasMore);
            writer.WriteEndObject();
        });
    });

    /// <summary>One of them.</summary>
    public ValueTask GetAsync(HttpContext http) => ForOneAsync(http, (administration, act, id) => administration.FindAsync(act.Admin, id, http.RequestAborted));

    /// <summary>Changes what one may do.</summary>
    public ValueTask ChangeAsync(HttpContext http) => ForOneAsync(http, async (administration, act, id) =>
    {
        var (order, unread) = await ReadAsync(http, KeyBody.ReadPatch);
        return unread is null ? await administration.ChangeAsync(act, id, order!, http.RequestAborted) : new KeyOutcome(unread);
    });

    /// <summary>Takes one away for good.</summary>
    public ValueTask DeleteAsync(HttpContext http) => AdmitAsync(http, async (administration, act) =>
    {
        var outcome = await administration.DeleteAsync(act, IdOf(http), http.RequestAborted);
        if (outcome.Key is { } gone)
            await JsonDocumentAnswer.WriteAsync(http, StatusCodes.Status200OK, gone.Id, static (writer, id) => JsonDocumentAnswer.WriteDeleted(writer, id, "key"));
        else
            await ErrorAnswer.WriteAsync(http.Response, outcome.Error!, http.RequestAborted);
    });

    /// <summary>Gives one another secret, and shows it this once.</summary>
    public ValueTask RotateAsync(HttpContext http) => ForOneAsync(http, async (administration, act, id) =>
    {
        var (overlap, unread) = http.Request.ContentLength is 0 or null && !http.Request.Headers.ContainsKey("Transfer-Encoding") ? (TimeSpan.Zero, null) : await ReadAsync(http, KeyBody.ReadOverlap);
        return unread is null ? await administration.RotateAsync(act, id, overlap, http.RequestAborted) : new KeyOutcome(unread);
    });

    /// <summary>Lets one be accepted no longer, for now.</summary>
    public ValueTask DisableAsync(HttpContext http) => ForOneAsync(http, (administration, act, id) => administration.SetDisabledAsync(act, id, isDisabled: true, http.RequestAborted));

    /// <summary>Lets one be accepted again.</summary>
    public ValueTask EnableAsync(HttpContext http) => ForOneAsync(http, (administration, act, id) => administration.SetDisabledAsync(act, id, isDisabled: false, http.RequestAborted));

    private ValueTask ForOneAsync(HttpContext http, Func<KeyAdministration, AdminAct, string, ValueTask<KeyOutcome>> handle) =>
        AdmitAsync(http, async (administration, act) => await AnswerAsync(http, await handle(administration, act, IdOf(http)), StatusCodes.Status200OK));

    private async ValueTask AdmitAsync(HttpContext http, Func<KeyAdministration, AdminAct, ValueTask> handle)
    {
        var finding = await door.AdmitAsync(http, AdminRole.Keys);
        if (finding.Admin is not { } admin)
            await ErrorAnswer.WriteAsync(http.Response, finding.Error!, http.RequestAborted);
        else if (keys is not { } administration)
            await ErrorAnswer.WriteAsync(http.Response, NoKeys, http.RequestAborted);
        else if (AdminDoor.ActOf(http, admin, out var act) is { } unclear)
            await ErrorAnswer.WriteAsync(http.Response, unclear, http.RequestAborted);
        else
            await handle(administration, act);
    }

    private async ValueTask<(T? Order, RouterError? Error)> ReadAsync<T>(HttpContext http, Func<JsonElement, (T? Order, RouterError? Error)> read)
    {
        if (http.Request.ContentLength == 0)
            return (default, RouterError.InvalidRequest("The body is empty: send a JSON object."));
        var body = await bodies.ReadAsync(http.Request, Limit, http.RequestAborted);
        if (body.Error is { } unread)
            return (default, unread);
        try
        {
            return KeyBody.Read(body.Memory, read);
        }
        finally
        {
            body.Return();
        }
    }

    private static ValueTask AnswerAsync(HttpContext http, KeyOutcome outcome, int status) => outcome.Key is { } key
        ? JsonDocumentAnswer.WriteAsync(http, status, (key, outcome.Secret), static (writer, made) => IssuedKeyJson.Write(writer, made.key, made.Secret))
        : ErrorAnswer.WriteAsync(http.Response, outcome.Error!, http.RequestAborted);

    /// <summary>What is no id names no key, and never reaches the store.</summary>
    private static string IdOf(HttpContext http) => PathName.Of(http.Request, EndpointPatterns.Id) is var id && KeyBody.IsId(id) ? id : "";

    private static RouterError NoKeys => new(
        RouterErrorCode.NotFound, "This router issues no keys: what it keeps is gone with its process. On one machine, start it with --data FOLDER. Keys of the configuration need no storage.");
}
