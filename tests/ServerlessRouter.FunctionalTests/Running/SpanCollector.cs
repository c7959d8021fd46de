using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using ServerlessRouter.Telemetry;
using ServerlessRouter.Testing;

namespace ServerlessRouter.FunctionalTests.Running;

/// <summary>What an application's OpenTelemetry SDK would hear of one trace. Other tests run beside this one, so the trace is told by the caller's own <c>traceparent</c>.</summary>
internal sealed class SpanCollector : IDisposable
{
    private readonly ActivityTraceId _trace = ActivityTraceId.CreateRandom();
    private readonly ConcurrentQueue<Activity> _ended = new();
    private readonly ActivityListener _listener;
    private readonly string? _deployment;

    /// <param name="deployment"><c>provider/name</c> of one whose calls are heard of in place of the trace's: what the router does by itself is in no caller's trace.</param>
    public SpanCollector(string? deployment = null)
    {
        _deployment = deployment;
        Caller = ActivitySpanId.CreateRandom();
        _listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == RouterTelemetry.SourceName,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = Keep,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <summary>The caller's span.</summary>
    public ActivitySpanId Caller { get; }

    public string TraceId => _trace.ToHexString();

    /// <summary>What the caller sends.</summary>
    public (string Name, string Value) TraceParent => ("traceparent", $"00-{_trace.ToHexString()}-{Caller.ToHexString()}-01");

    public IReadOnlyList<Activity> Ended => [.. _ended];

    /// <summary>The span of the trace's request, once it has ended, which it does after every other.</summary>
    public async Task<Activity> RouteAsync()
    {
        await Eventually.HoldsAsync(() => _ended.Any(IsRoute), "the end of the request's span");
        return _ended.Single(IsRoute);
    }

    /// <summary>The spans of calls to vendors, in the order they began.</summary>
    public IReadOnlyList<Activity> Calls() => [.. _ended.Where(static span => span.Kind == ActivityKind.Client).OrderBy(static span => span.StartTimeUtc)];

    public static string? Tag(Activity span, string name) => span.GetTagItem(name) switch
    {
        null => null,
        string[] texts => string.Join(',', texts),
        bool flag => flag ? "true" : "false",
        IFormattable figure => figure.ToString(null, CultureInfo.InvariantCulture),
        var other => other.ToString(),
    };

    public void Dispose() => _listener.Dispose();

    private static bool IsRoute(Activity span) => span.Kind == ActivityKind.Internal;

    private void Keep(Activity span)
    {
        if (_deployment is null ? span.TraceId == _trace : Tag(span, RouterAttributes.Deployment) == _deployment)
            _ended.Enqueue(span);
    }
}
