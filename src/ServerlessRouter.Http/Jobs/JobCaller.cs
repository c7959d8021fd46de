using Microsoft.AspNetCore.Http;
using ServerlessRouter.Admission;
using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;
using ServerlessRouter.Http.Wire;

namespace ServerlessRouter.Http.Jobs;

/// <summary>Who asks for jobs and files.</summary>
internal static class JobCaller
{
    /// <summary>Null and the caller's name (null without a key), or why the key is not accepted.</summary>
    public static RouterError? Find(RouterModelSource models, HttpContext http, out string? caller)
    {
        var error = CallerIdentity.Find(models.Current, new HttpRequestHeaders(http.Request.Headers), out var found);
        caller = found?.Name;
        return error;
    }
}
