using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Alerts.Sources;

/// <summary>Counts, beside the requests, how the live requests of each route end, minute by minute; what has been written is let go of.</summary>
internal sealed class RouteTraffic(RouterModelSource models, TimeProvider time) : IRequestListener
{
    /// <summary>Routes of one minute; further ones are not counted.</summary>
    public const int MaxRoutes = 300;

    private readonly Lock _lock = new();
    private readonly Dictionary<DateTimeOffset, Dictionary<string, RouteCount>> _minutes = [];

    /// <summary>Something was counted since the last <see cref="Take"/>.</summary>
    private bool _isNew;

    /// <summary>When the last request was counted.</summary>
    public DateTimeOffset LastAt { get; private set; } = DateTimeOffset.MinValue;

    public static DateTimeOffset MinuteOf(DateTimeOffset at) => new(at.UtcTicks - (at.UtcTicks % TimeSpan.TicksPerMinute), TimeSpan.Zero);

    /// <inheritdoc/>
    public void OnSettled(RequestContext context)
    {
        if (context.IsProbe || context.IsOnlyPlanned || context.Recalled is not null || context.Route is not { } route)
            return;
        var took = context.Error is null ? TimeOf(context) : null;
        var count = new RouteCount(1, IsFailure(context.Error) ? 1 : 0, took is null ? 0 : 1, took >= models.Current.Alerts.Latency.SlowOn(route) ? 1 : 0);
        lock (_lock)
        {
            var now = time.GetUtcNow();
            var minute = MinuteOf(now);
            if (!_minutes.TryGetValue(minute, out var routes))
                _minutes[minute] = routes = new Dictionary<string, RouteCount>(StringComparer.Ordinal);
            if (routes.TryGetValue(route.Name, out var before))
                routes[route.Name] = before + count;
            else if (routes.Count < MaxRoutes)
                routes[route.Name] = count;
            (LastAt, _isNew) = (now, true);
        }
    }

    /// <summary>The minutes since one, each with all that was counted in it; nothing where nothing is new. Earlier ones are forgotten.</summary>
    public IReadOnlyList<(DateTimeOffset Minute, KeyValuePair<string, RouteCount>[] Routes)> Take(DateTimeOffset since)
    {
        lock (_lock)
        {
            foreach (var old in _minutes.Keys.Where(minute => minute < since).ToList())
                _minutes.Remove(old);
            if (!_isNew)
                return [];
            _isNew = false;
            return [.. _minutes.Select(static minute => (minute.Key, minute.Value.ToArray()))];
        }
    }

    /// <summary>What was taken could not be written.</summary>
    public void PutBack()
    {
        lock (_lock)
            _isNew = true;
    }

    /// <summary>What is the caller's doing, its own limits among it, is no failure of the route.</summary>
    private static bool IsFailure(RouterError? error) => error is not null && (error.Code == RouterErrorCode.CapacityExhausted || RouterErrorTraits.Of(error.Code).Status >= 500);

    /// <summary>To the first content of a stream, or to a whole plain answer; null where there is neither, as of the cache.</summary>
    private TimeSpan? TimeOf(RequestContext context)
    {
        var end = context.Request.IsStream ? context.Answered?.FirstTokenAt : context.Answered?.EndedAt;
        return end is null or 0 ? null : time.GetElapsedTime(context.ReceivedAt, end.Value);
    }
}

/// <summary>How requests of a route ended.</summary>
/// <param name="Requests">All of them.</param>
/// <param name="Failures">Those that failed for another reason than their caller.</param>
/// <param name="Timed">Those that were answered by a deployment.</param>
/// <param name="Slow">Those of them that took too long.</param>
internal readonly record struct RouteCount(long Requests, long Failures, long Timed, long Slow)
{
    public static RouteCount operator +(RouteCount left, RouteCount right) =>
        new(left.Requests + right.Requests, left.Failures + right.Failures, left.Timed + right.Timed, left.Slow + right.Slow);
}
