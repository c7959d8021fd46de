using Microsoft.AspNetCore.Http;
using ServerlessRouter.Errors;
using ServerlessRouter.Http.Wire;
using ServerlessRouter.Jobs;
using ServerlessRouter.Jobs.Services;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Http.Jobs;

/// <summary>Accepts a request whose caller does not wait: <c>Prefer: respond-async</c> (RFC 7240) gets 202 and where the answer will be.</summary>
internal sealed class LaterAnswer(JobApi desk, IRouterPipeline pipeline, RefusedRequests refused)
{
    private const string Prefer = "Prefer";
    private const string PreferenceApplied = "Preference-Applied";
    private const string RespondAsync = "respond-async";

    public static bool IsWanted(HttpRequest request)
    {
        foreach (var value in request.Headers[Prefer])
        {
            if (value is not null && value.Split(',', ';').Any(static part => part.Trim().Equals(RespondAsync, StringComparison.OrdinalIgnoreCase)))
                return true;
        }

        return false;
    }

    public async ValueTask AcceptAsync(HttpContext http, RequestContext context)
    {
        var result = FindFault(http, context, out var key) is { } fault ? new JobResult(null, fault) : await SubmitAsync(context, key, http.RequestAborted);
        if (!result.TryGet(out var job, out var error))
        {
            refused.Count(error);
            await ErrorAnswer.WriteAsync(http.Response, error, http.RequestAborted);
            return;
        }

        SetHeaders(http.Response, $"/{EndpointPatterns.Jobs}/{job.Id}");
        await JobStatusEndpoints.WriteAsync(http, desk, job, StatusCodes.Status202Accepted);
    }

    /// <summary>Says that the preference holds, and where the answer will be.</summary>
    public static void SetHeaders(HttpResponse response, string location)
    {
        response.Headers.Location = location;
        response.Headers[PreferenceApplied] = RespondAsync;
    }

    private static RouterError? FindFault(HttpContext http, RequestContext context, out string? key)
    {
        if (IdempotencyKey.Read(http.Request, out key) is { } badKey)
            return badKey;
        if (context.Request.IsStream)
            return RouterError.InvalidRequest("A request that is answered later cannot be streamed. Leave 'stream' or the header Prefer: respond-async out.", "stream");
        return http.Request.Path.StartsWithSegments(EndpointPatterns.AzureDeployments)
            ? RouterError.InvalidRequest($"Requests that are answered later go to {JobEndpoints.Of(context.Operation)}, with the model in the body.")
            : null;
    }

    /// <summary>What could not be answered now is refused now.</summary>
    private async ValueTask<JobResult> SubmitAsync(RequestContext context, string? key, CancellationToken cancellationToken)
    {
        if (await pipeline.PlanAsync(context, cancellationToken) is { } refused)
            return new JobResult(null, refused);
        var order = new JobOrder
        {
            Kind = JobKind.Request,
            Caller = context.CallerName,
            Endpoint = JobEndpoints.Of(context.Operation),
            Body = context.Request.Memory,
            CallbackUrl = context.Headers.Get(RouterHeaders.Callback),
            Headers = JobHeaders.Keep(context.Headers, context.Router),
            IdempotencyKey = key,
        };
        return await desk.SubmitAsync(order, cancellationToken);
    }
}
