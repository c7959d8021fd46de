using Microsoft.AspNetCore.Http;
using ServerlessRouter.Configuration.Stored;
using ServerlessRouter.Errors;
using ServerlessRouter.Http.Bodies;

namespace ServerlessRouter.Http.Admin;

/// <summary>What the admin may ask of the stored configurations.</summary>
internal sealed class ConfigurationRequests(RequestBodyReader bodies)
{
    /// <summary>Longer names are no versions, and the store takes no key of any length.</summary>
    private const int MaxVersionLength = 64;

    private static readonly BodyLimit Limit = new(ConfigurationStore.MostBytes);

    /// <summary>The active one, as it was saved.</summary>
    public static async ValueTask GetActiveAsync(HttpContext http, ConfigurationAdministration configurations)
    {
        var active = await configurations.Store.FindActiveAsync(http.RequestAborted);
        if (active is not null && await configurations.Store.ReadAsync(active.Version, http.RequestAborted) is { } text)
            await ConfigurationAnswer.WriteTextAsync(http, active.Version, text);
        else
            await ErrorAnswer.WriteAsync(http.Response, NoneActive, http.RequestAborted);
    }

    /// <summary>Saves the body and makes it the active one.</summary>
    public async ValueTask ReplaceAsync(HttpContext http, ConfigurationAdministration configurations)
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
            var change = await configurations.ReplaceAsync(body.Memory, Expected(http.Request), http.RequestAborted);
            await ConfigurationAnswer.WriteAsync(http, change);
        }
        finally
        {
            body.Return();
        }
    }

    public static async ValueTask ListAsync(HttpContext http, ConfigurationAdministration configurations)
    {
        var versions = await configurations.Store.ListAsync(http.RequestAborted);
        await ConfigurationAnswer.WriteListAsync(http, versions, await configurations.Store.FindActiveAsync(http.RequestAborted));
    }

    public static async ValueTask GetVersionAsync(HttpContext http, ConfigurationAdministration configurations)
    {
        var version = PathName.Of(http.Request, EndpointPatterns.ConfigurationVersion);
        if (version.Length > MaxVersionLength)
            await ErrorAnswer.WriteAsync(http.Response, NoVersion, http.RequestAborted);
        else if (await configurations.Store.ReadAsync(version, http.RequestAborted) is { } text)
            await ConfigurationAnswer.WriteTextAsync(http, version, text);
        else
            await ConfigurationAnswer.WriteUnknownAsync(http, version);
    }

    public static async ValueTask ActivateAsync(HttpContext http, ConfigurationAdministration configurations)
    {
        var version = PathName.Of(http.Request, EndpointPatterns.ConfigurationVersion);
        if (version.Length > MaxVersionLength)
            await ErrorAnswer.WriteAsync(http.Response, NoVersion, http.RequestAborted);
        else
            await ConfigurationAnswer.WriteAsync(http, await configurations.ActivateAsync(version, Expected(http.Request), http.RequestAborted));
    }

    private static string? Expected(HttpRequest request) =>
        request.Headers.IfMatch is [{ Length: > 0 } etag, ..] && etag != "*" ? etag.Replace("W/", "", StringComparison.Ordinal).Trim().Trim('"') : null;

    private static RouterError NoVersion => RouterError.InvalidRequest(
        $"The version in the path has more than {MaxVersionLength} characters, and a version has 12. GET /{EndpointPatterns.AdminConfigurationVersions} lists those there are.", EndpointPatterns.ConfigurationVersion);

    private static RouterError NoneActive => new(
        RouterErrorCode.NotFound, $"No configuration is active yet. PUT /{EndpointPatterns.AdminConfiguration} with the text of a router.json makes one.");
}
