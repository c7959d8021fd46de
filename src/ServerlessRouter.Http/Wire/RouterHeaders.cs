using System.Globalization;
using Microsoft.AspNetCore.Http;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Http.Wire;

/// <summary>The headers by which an answer says how it came about.</summary>
internal static class RouterHeaders
{
    public const string RequestId = "x-request-id";
    public const string Model = "x-router-model";
    public const string Deployment = "x-router-deployment";
    public const string Route = "x-router-route";
    public const string Attempts = "x-router-attempts";
    public const string ConfigVersion = "x-router-config-version";
    public const string Cache = "x-router-cache";
    public const string CostUsd = "x-router-cost";
    public const string ServerTiming = "Server-Timing";
    public const string RetryAfterMilliseconds = "retry-after-ms";
    /// <summary>Sent by callers: where the end of a request that is answered later is told.</summary>
    public const string Callback = "x-router-callback";

    /// <summary>Sent by admins: why they change something, for the audit log.</summary>
    public const string Reason = "x-router-reason";
    public const string ShouldRetry = "x-should-retry";
    public const string BudgetRemaining = "x-router-budget-remaining";
    public const string Downgraded = "x-router-downgraded";

    /// <summary>Every header of an answer that pages may read beside those that browsers always show.</summary>
    public static readonly string[] Exposed =
    [
        RequestId, Model, Deployment, Route, Attempts, ConfigVersion, CostUsd, Cache, "Age", ServerTiming, RetryAfterMilliseconds, ShouldRetry, BudgetRemaining, Downgraded,
        "Retry-After", "Location", "Preference-Applied", "ETag", "WWW-Authenticate",
        .. LimitHeaders.All,
    ];

    private static readonly string[] Counts = [.. Enumerable.Range(0, 16).Select(static count => count.ToString(CultureInfo.InvariantCulture))];

    /// <summary>Writes what is known of the request so far.</summary>
    public static void Write(HttpResponse response, RequestContext context, TimeProvider time)
    {
        var headers = response.Headers;
        headers[ConfigVersion] = context.Router.Version;
        headers[Attempts] = Count(context);
        headers[ServerTiming] = Overhead(context, time);
        if (context.Route is { } route)
            headers[Route] = route.Name;
        if (context.Limits is { } limits)
            LimitHeaders.Write(headers, limits.Look());
        if (context.Cache is { } cache)
            WriteCache(headers, cache);
        if (context.Answered is not { } answered)
            return;
        headers[Model] = answered.Model.Name;
        if (answered.Deployment is { } deployment)
            headers[Deployment] = Printable(deployment.Id);
    }

    private static void WriteCache(IHeaderDictionary headers, CacheOutcome cache)
    {
        headers[Cache] = cache.Reason is { } reason ? $"bypass; reason={reason}" : cache.Status.ToWireName();
        if (cache.Answer is not { } answer)
            return;
        headers[Model] = answer.Model;
        headers.Age = ((long)answer.Age.TotalSeconds).ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Calls made; attempts that found no deployment to call are none.</summary>
    private static string Count(RequestContext context)
    {
        var sent = 0;
        foreach (var attempt in context.Attempts)
        {
            if (attempt.WasSent)
                sent++;
        }

        return sent < Counts.Length ? Counts[sent] : sent.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>The router's own time: until the first attempt went out, or until now when none did.</summary>
    private static string Overhead(RequestContext context, TimeProvider time)
    {
        var end = context.DispatchedAt == 0 ? time.GetTimestamp() : context.DispatchedAt;
        var microseconds = (long)time.GetElapsedTime(context.ReceivedAt, end).TotalMicroseconds;
        return string.Create(CultureInfo.InvariantCulture, $"router;dur={microseconds / 1000}.{microseconds % 1000:D3}");
    }

    /// <summary>Names of deployments are the vendor's, and a header holds visible ASCII only.</summary>
    private static string Printable(string text) => text.AsSpan().ContainsAnyExceptInRange(' ', '~') ? Uri.EscapeDataString(text) : text;
}
