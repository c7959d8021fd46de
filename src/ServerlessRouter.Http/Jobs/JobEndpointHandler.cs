using Microsoft.AspNetCore.Http;
using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;

namespace ServerlessRouter.Http.Jobs;

/// <summary>What the endpoints of jobs and files have in common: a known caller, and an answer that is a document or an error.</summary>
internal abstract class JobEndpointHandler(RouterModelSource models) : IEndpointHandler
{
    public async ValueTask HandleAsync(HttpContext http)
    {
        var error = JobCaller.Find(models, http, out var caller) ?? await AnswerAsync(http, caller);
        if (error is not null)
            await ErrorAnswer.WriteAsync(http.Response, error, http.RequestAborted);
    }

    /// <summary>Writes the answer, or says what is wrong.</summary>
    protected abstract ValueTask<RouterError?> AnswerAsync(HttpContext http, string? caller);

    /// <summary>The id in the path.</summary>
    protected static string IdIn(HttpContext http) => http.Request.RouteValues[EndpointPatterns.ThingId] as string ?? "";
}
