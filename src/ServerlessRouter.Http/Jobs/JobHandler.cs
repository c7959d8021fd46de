using System.Globalization;
using Microsoft.AspNetCore.Http;
using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;
using ServerlessRouter.Jobs;

namespace ServerlessRouter.Http.Jobs;

/// <summary>Describes a job of the caller's, with the answer of a single request once there is one.</summary>
internal sealed class JobHandler(RouterModelSource models, JobDesk desk) : JobEndpointHandler(models)
{
    protected override async ValueTask<RouterError?> AnswerAsync(HttpContext http, string? caller)
    {
        if (await desk.FindAsync(caller, IdIn(http), http.RequestAborted) is not { } job)
            return JobDesk.NotFound(IdIn(http));
        await WriteAsync(http, desk, job, StatusCodes.Status200OK);
        return null;
    }

    /// <summary>Until the job has ended the answer says when to look again.</summary>
    public static async ValueTask WriteAsync(HttpContext http, JobDesk desk, Job job, int status)
    {
        var found = job.Kind == JobKind.Request ? await desk.ResultAsync(job, http.RequestAborted) : null;
        if (!job.HasEnded)
            http.Response.Headers.RetryAfter = LookAgainSeconds.ToString(CultureInfo.InvariantCulture);
        await JsonDocumentAnswer.WriteAsync(
            http, status, (job, found, desk), static (writer, parts) => JobDocument.Write(writer, parts.job, parts.found?.Item, parts.found?.Result, parts.desk));
    }

    private const int LookAgainSeconds = 1;
}
