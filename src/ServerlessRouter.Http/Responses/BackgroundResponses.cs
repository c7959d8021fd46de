using System.Buffers;
using Microsoft.AspNetCore.Http;
using ServerlessRouter.Doors;
using ServerlessRouter.Doors.Responses;
using ServerlessRouter.Errors;
using ServerlessRouter.Http.Jobs;
using ServerlessRouter.Http.Wire;
using ServerlessRouter.Jobs;
using ServerlessRouter.Jobs.Services;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Http.Responses;

/// <summary>Responses whose caller does not wait: each is a job, and is told as the job stands whenever it is asked for.</summary>
internal sealed class BackgroundResponses(JobServices jobs, IRouterPipeline pipeline, RefusedRequests refused)
{
    private const int SuccessStatus = 200;

    /// <summary>Makes a job of the request and tells the response that waits for it. What could not be answered now is refused now.</summary>
    public async ValueTask AcceptAsync(HttpContext http, RequestContext context, KeptResponse kept)
    {
        var (error, response) = await SubmitAsync(http, context, kept);
        if (error is not null)
        {
            refused.Count(error);
            await ErrorAnswer.WriteAsync(http.Response, error, http.RequestAborted);
            return;
        }

        if (kept.IsLater)
            LaterAnswer.SetHeaders(http.Response, $"/{EndpointPatterns.Responses}/{ResponsesConversation.IdOf(response.Span)}");
        await JsonAnswer.WriteAsync(http.Response, kept.IsLater ? StatusCodes.Status202Accepted : StatusCodes.Status200OK, response, http.RequestAborted);
    }

    /// <summary>The response as it stands; one that nothing runs for is as it was kept. Null where its job is gone.</summary>
    public async ValueTask<StoredResponse?> LookAsync(StoredResponse stored, CancellationToken cancellationToken)
    {
        if (stored.JobId is not { } jobId)
            return stored;
        if (await jobs.Desk.FindAsync(stored.Caller, jobId, cancellationToken) is not { } job)
            return null;
        var found = await jobs.Desk.ResultAsync(job, cancellationToken);
        var output = new ArrayBufferWriter<byte>(1024);
        var terms = TermsOf(stored, job, found?.Item.Model ?? "");
        // A call that had answered just as it was cancelled changes nothing of what the caller was told.
        if (job.CancellingAt is null && found is { Item: { HasEnded: true, StatusCode: SuccessStatus }, Result: { } answer })
            ResponsesDoor.Instance.WriteAnswer(terms, answer, output);
        else
            ResponsesDoor.WriteUnanswered(terms, StateOf(job, found?.Item), found?.Result, output);
        return stored with { Response = output.WrittenMemory };
    }

    /// <summary>Ends the job of one, where it has not ended; how it stands is told by <see cref="LookAsync"/>.</summary>
    public ValueTask<JobResult> CancelAsync(StoredResponse stored, CancellationToken cancellationToken) => jobs.Desk.CancelAsync(stored.Caller, stored.JobId!, cancellationToken);

    /// <summary>Forgets the job of one.</summary>
    public async ValueTask ForgetAsync(StoredResponse stored, CancellationToken cancellationToken)
    {
        if (stored.JobId is { } jobId)
            await jobs.Desk.DeleteAsync(stored.Caller, jobId, cancellationToken);
    }

    private async ValueTask<(RouterError? Error, ReadOnlyMemory<byte> Response)> SubmitAsync(HttpContext http, RequestContext context, KeptResponse kept)
    {
        if (context.Request.IsStream)
            return (RouterError.InvalidRequest("A response in the background cannot be streamed. Leave 'stream', or 'background' and the header Prefer: respond-async, out.", "stream"), default);
        if (context.Request.Door?.OwnTool is { } tool)
            return (new RouterError(RouterErrorCode.UnsupportedParameter, $"'{tool}' is of a tool that its vendor runs, which cannot be had in the background. Leave 'background' out.") { Param = tool }, default);
        if (IdempotencyKey.Read(http.Request, out var key) is { } badKey)
            return (badKey, default);
        if (await pipeline.PlanAsync(context, http.RequestAborted) is { } refused)
            return (refused, default);
        var order = new JobOrder
        {
            Kind = JobKind.Request,
            Caller = context.CallerName,
            Endpoint = JobEndpoints.ChatCompletions,
            Body = context.Request.Memory,
            CallbackUrl = context.Headers.Get(RouterHeaders.Callback),
            Headers = JobHeaders.Keep(context.Headers, context.Router),
            IdempotencyKey = key,
        };
        var result = await jobs.Desk.SubmitAsync(order, http.RequestAborted);
        if (!result.TryGet(out var job, out var unmade))
            return (unmade, default);

        var stored = new StoredResponse
        {
            Id = ResponsesIds.Of(job.Id, job.CreatedAt),
            Caller = context.CallerName,
            JobId = job.Id,
            PreviousId = kept.PreviousId,
            Request = context.Request.Door?.Body.ToArray() ?? [],
            Input = kept.Items,
        };
        // The same request sent again comes to the job that it made.
        if ((key is not null && await jobs.Responses.LocateAsync(stored.Caller, stored.Id, http.RequestAborted) is not null) || await jobs.Responses.TryAddAsync(stored, http.RequestAborted))
            return (null, (await LookAsync(stored, http.RequestAborted))?.Response ?? default);
        await jobs.Desk.CancelAsync(context.CallerName, job.Id, http.RequestAborted);
        return (new RouterError(RouterErrorCode.StorageFull, "There is no room to keep the response. Delete others (DELETE /v1/responses/ID), or leave 'background' out."), default);
    }

    private static DoorTerms TermsOf(StoredResponse stored, Job job, string model) => new(job.Id, stored.Request, model, 0, job.CreatedAt) { PreviousResponseId = stored.PreviousId };

    private static UnansweredState StateOf(Job job, JobItem? item) => job.Status switch
    {
        _ when job.CancellingAt is not null => UnansweredState.Cancelled,
        JobStatus.Failed or JobStatus.Expired => UnansweredState.Failed,
        _ when item is { HasEnded: true } => UnansweredState.Failed,
        _ => item is { State: ItemState.Running } ? UnansweredState.InProgress : UnansweredState.Queued,
    };
}
