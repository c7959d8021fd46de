using Microsoft.AspNetCore.Http;
using ServerlessRouter.Errors;
using ServerlessRouter.Telemetry;

namespace ServerlessRouter.Http.Wire;

/// <summary>
/// Counts the calls of models that are answered without the pipeline, which counts all others: a body that cannot be read, a page from elsewhere, too many wrong keys, something to be answered later
/// that is refused now. So each call that is answered is counted once.
/// </summary>
internal sealed class RefusedRequests(RouterMetrics metrics)
{
    /// <summary>It is answered with an error, and the pipeline has had no part in it.</summary>
    public void Count(RouterError error) => metrics.RecordRefusal(error);

    /// <summary>It broke off, which the guard answers.</summary>
    public void CountBrokenOff(HttpContext http, RouterError error)
    {
        if (http.Features.Get<Counted>() is null)
            Count(error);
    }

    /// <summary>The pipeline has counted what breaks off now.</summary>
    public static void LeaveAsCounted(HttpContext http) => http.Features.Set(Counted.Instance);

    private sealed class Counted
    {
        public static readonly Counted Instance = new();
    }
}
