using Microsoft.AspNetCore.Http;
using ServerlessRouter.Audit;
using ServerlessRouter.Configuration;
using ServerlessRouter.Configuration.Stored;
using ServerlessRouter.Errors;
using ServerlessRouter.Http.Bodies;
using ServerlessRouter.Http.Wire;
using ServerlessRouter.State;

namespace ServerlessRouter.Http.Admin;

/// <summary>What the admin, and no other caller, may ask of the stored configurations.</summary>
internal sealed class ConfigurationEndpoints(AdminDoor door, ConfigurationAdministration? stored, RequestBodyReader bodies)
{
    /// <summary>Longer names are no versions, and the store takes no key of any length.</summary>
    private const int MaxVersionLength = 64;

    private static readonly BodyLimit Limit = new(ConfigurationStore.MaxBytes);

    /// <summary>The active one, as it was saved.</summary>
    public ValueTask GetActiveAsync(HttpContext http) => AdmitAsync(http, GetActiveAsync);

    /// <summary>Saves the body and makes it the active one.</summary>
    public ValueTask ReplaceAsync(HttpContext http) => AdmitAsync(http, ReplaceAsync);

    /// <summary>Those there are.</summary>
    public ValueTask ListAsync(HttpContext http) => AdmitAsync(http, ListAsync);

    /// <summary>One of them, as it was saved.</summary>
    public ValueTask GetVersionAsync(HttpContext http) => AdmitAsync(http, GetVersionAsync);

    /// <summary>Where one of them differs from another, or from the active one.</summary>
    public ValueTask DiffAsync(HttpContext http) => AdmitAsync(http, DiffAsync);

    /// <summary>Makes one of them the active one.</summary>
    public ValueTask ActivateAsync(HttpContext http) => AdmitAsync(http, ActivateAsync);

    private async ValueTask AdmitAsync(HttpContext http, Func<HttpContext, ConfigurationAdministration, AdminAct, ValueTask> handle)
    {
        var finding = await door.AdmitAsync(http, AdminRole.Admin);
        AdminAct act = null!;
        if ((finding.Error ?? AdminDoor.ActOf(http, finding.Admin!, out act)) is { } refusal)
        {
            await ErrorAnswer.WriteAsync(http.Response, refusal, http.RequestAborted);
            return;
        }

        if (stored is not { } configurations)
        {
            await ErrorAnswer.WriteAsync(http.Response, NotStored, http.RequestAborted);
            return;
        }

        try
        {
            await handle(http, configurations, act);
        }
        catch (TableStoreUnavailableException)
        {
            await ErrorAnswer.WriteAsync(http.Response, Unavailable, http.RequestAborted);
        }
    }

    private static async ValueTask GetActiveAsync(HttpContext http, ConfigurationAdministration configurations, AdminAct act)
    {
        var active = await configurations.Store.FindActiveAsync(http.RequestAborted);
        if (active is not null && await configurations.Store.ReadAsync(active.Version, http.RequestAborted) is { } text)
            await ConfigurationAnswer.WriteTextAsync(http, active.Version, text);
        else
            await ErrorAnswer.WriteAsync(http.Response, NoneActive, http.RequestAborted);
    }

    private async ValueTask ReplaceAsync(HttpContext http, ConfigurationAdministration configurations, AdminAct act)
    {
        if (http.Request.ContentLength == 0)
        {
            await ErrorAnswer.WriteAsync(http.Response, RouterError.InvalidRequest("The body is empty: send the text of a router.json."), http.RequestAborted);
            return;
        }

        var body = await bodies.ReadAsync(http.Request, Limit, http.RequestAborted);
        if (body.Error is { } unread)
        {
            await ErrorAnswer.WriteAsync(http.Response, unread, http.RequestAborted);
            return;
        }

        try
        {
            var change = await configurations.ReplaceAsync(body.Memory, Expected(http.Request), http.RequestAborted, act);
            await ConfigurationAnswer.WriteAsync(http, change);
        }
        finally
        {
            body.Return();
        }
    }

    private static async ValueTask ListAsync(HttpContext http, ConfigurationAdministration configurations, AdminAct act)
    {
        var versions = await configurations.Store.ListAsync(http.RequestAborted);
        await ConfigurationAnswer.WriteListAsync(http, versions, await configurations.Store.FindActiveAsync(http.RequestAborted));
    }

    private static async ValueTask GetVersionAsync(HttpContext http, ConfigurationAdministration configurations, AdminAct act)
    {
        var version = PathName.Of(http.Request, EndpointPatterns.ConfigurationVersion);
        if (version.Length > MaxVersionLength)
            await ErrorAnswer.WriteAsync(http.Response, NoVersion, http.RequestAborted);
        else if (await configurations.Store.ReadAsync(version, http.RequestAborted) is { } text)
            await ConfigurationAnswer.WriteTextAsync(http, version, text);
        else
            await ConfigurationAnswer.WriteUnknownAsync(http, version);
    }

    private static async ValueTask DiffAsync(HttpContext http, ConfigurationAdministration configurations, AdminAct act)
    {
        var version = PathName.Of(http.Request, EndpointPatterns.ConfigurationVersion);
        var to = QueryParameters.Text(http.Request, "to") ?? (await configurations.Store.FindActiveAsync(http.RequestAborted))?.Version ?? "";
        if ((QueryParameters.FindUnknown(http.Request, ["to"]) ?? (version.Length > MaxVersionLength || to.Length > MaxVersionLength ? NoVersion : null)) is { } wrong)
        {
            await ErrorAnswer.WriteAsync(http.Response, wrong, http.RequestAborted);
            return;
        }

        if (await configurations.Store.ReadAsync(version, http.RequestAborted) is not { } before)
            await ConfigurationAnswer.WriteUnknownAsync(http, version);
        else if (await configurations.Store.ReadAsync(to, http.RequestAborted) is not { } after)
            await ConfigurationAnswer.WriteUnknownAsync(http, to);
        else
            await ConfigurationAnswer.WriteDiffAsync(http, version, to, ConfigurationDiff.Of(before, after));
    }

    private static async ValueTask ActivateAsync(HttpContext http, ConfigurationAdministration configurations, AdminAct act)
    {
        var version = PathName.Of(http.Request, EndpointPatterns.ConfigurationVersion);
        if (version.Length > MaxVersionLength)
            await ErrorAnswer.WriteAsync(http.Response, NoVersion, http.RequestAborted);
        else
            await ConfigurationAnswer.WriteAsync(http, await configurations.ActivateAsync(version, Expected(http.Request), http.RequestAborted, act));
    }

    private static string? Expected(HttpRequest request) =>
        request.Headers.IfMatch is [{ Length: > 0 } etag, ..] && etag != "*" ? etag.Replace("W/", "", StringComparison.Ordinal).Trim().Trim('"') : null;

    private static RouterError NoVersion => RouterError.InvalidRequest(
        $"The version in the path has more than {MaxVersionLength} characters, and a version has 12. GET /{EndpointPatterns.AdminConfigurationVersions} lists those there are.", EndpointPatterns.ConfigurationVersion);

    private static RouterError NoneActive => new(
        RouterErrorCode.NotFound, $"No configuration is active yet. PUT /{EndpointPatterns.AdminConfiguration} with the text of a router.json makes one.");

    private static RouterError NotStored => new(
        RouterErrorCode.NotFound, "This router keeps no configurations: it follows a file, or has no storage. On one machine, start it with --data FOLDER and without --config.");

    private static RouterError Unavailable => new(
        RouterErrorCode.TemporarilyUnavailable, "The router's storage cannot be reached at present. What is active stays active; ask again whether the change took place.");
}
