using System.Globalization;
using Microsoft.AspNetCore.Http;
using ServerlessRouter.Errors;
using ServerlessRouter.Http.Wire;
using ServerlessRouter.Jobs;
using ServerlessRouter.Jobs.Services;

namespace ServerlessRouter.Http.Jobs;

/// <summary>The caller's jobs: batches, and requests that are answered later.</summary>
internal sealed class JobStatusEndpoints(JobApi desk)
{
    private const int LookAgainSeconds = 1;

    /// <summary>Describes one, with the answer of a single request once there is one.</summary>
    public async ValueTask<RouterError?> GetAsync(HttpContext http, string? caller)
    {
        if (await desk.FindAsync(caller, PathName.IdOf(http), http.RequestAborted) is not { } job)
            return JobApi.NotFound(PathName.IdOf(http));
        await WriteAsync(http, desk, job, StatusCodes.Status200OK);
        return null;
    }

    /// <summary>Takes one back: one that runs is cancelled, one that has ended is forgotten.</summary>
    public async ValueTask<RouterError?> DeleteAsync(HttpContext http, string? caller)
    {
        var result = await desk.DeleteAsync(caller, PathName.IdOf(http), http.RequestAborted);
        if (!result.TryGet(out var job, out var refused))
            return refused;
        if (!job.HasEnded)
            await WriteAsync(http, desk, job, StatusCodes.Status202Accepted);
        else
            await JsonDocumentAnswer.WriteAsync(http, StatusCodes.Status200OK, job.Id, static (writer, id) => JsonDocumentAnswer.WriteDeleted(writer, id, JobDocument.Kind));
        return null;
    }

    /// <summary>Until the job has ended the answer says when to look again.</summary>
    public static async ValueTask WriteAsync(HttpContext http, JobApi desk, Job job, int status)
    {
        var found = job.Kind == JobKind.Request ? await desk.ResultAsync(job, http.RequestAborted) : null;
        if (!job.HasEnded)
            http.Response.Headers.RetryAfter = LookAgainSeconds.ToString(CultureInfo.InvariantCulture);
        await JsonDocumentAnswer.WriteAsync(
            http, status, (job, found, desk), static (writer, parts) => JobDocument.Write(writer, parts.job, parts.found?.Item, parts.found?.Result, parts.desk));
    }
}
