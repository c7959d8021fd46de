using System.Diagnostics;
using System.Diagnostics.Metrics;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Telemetry;

/// <summary>What the router counts, on the meter <see cref="MeterName"/>. Tags have few values: route, model, deployment, error code.</summary>
public sealed class RouterMetrics : IDisposable
{
    public const string MeterName = "ServerlessRouter";

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _requests;
    private readonly Counter<long> _attempts;
    private readonly Counter<double> _costUsd;
    private readonly Counter<long> _tokens;
    private readonly Counter<long> _cached;
    private readonly Histogram<double> _durationSeconds;
    private readonly UpDownCounter<int> _waiting;

    public RouterMetrics()
    {
        _requests = _meter.CreateCounter<long>("router.requests", "{request}", "Requests by route and error code");
        _attempts = _meter.CreateCounter<long>("router.attempts", "{attempt}", "Calls to deployments by outcome");
        _costUsd = _meter.CreateCounter<double>("router.cost", "{USD}", "Settled cost by route");
        _tokens = _meter.CreateCounter<long>("router.tokens", "{token}", "Tokens by model and direction");
        _cached = _meter.CreateCounter<long>("router.cache", "{request}", "Requests that the cache of answers was asked about, by route and what it did");
        _durationSeconds = _meter.CreateHistogram<double>("router.request.duration", "s", "From arrival to the settled end");
        _waiting = _meter.CreateUpDownCounter<int>("router.requests.waiting", "{request}", "Requests that wait until a deployment of a model has room");
    }

    /// <summary>Counts a settled request.</summary>
    public void Record(RequestContext context, TimeProvider time)
    {
        // The clock is read and tag lists are built only for a listener.
        if (!_requests.Enabled && !_attempts.Enabled && !_costUsd.Enabled && !_tokens.Enabled && !_cached.Enabled && !_durationSeconds.Enabled)
            return;
        var route = new KeyValuePair<string, object?>("route", context.Route?.Name);
        var error = new KeyValuePair<string, object?>("error", context.Error is { } known ? RouterErrorTraits.Of(known.Code).Code : null);
        // What is answered later has mostly slept.
        if (context.ResumePoint is null)
            _durationSeconds.Record(time.GetElapsedTime(context.ReceivedAt).TotalSeconds, route, error);
        _costUsd.Add((double)context.CostUsd, route);
        if (context.Cache is { } cache)
            _cached.Add(1, route, new("status", cache.Status.ToWireName()));
        foreach (var attempt in context.Attempts)
            Record(attempt);
        if (context.HasSideCalls)
        {
            foreach (var asked in context.SideCalls)
                Record(asked);
        }

        // Last, so that who sees the request counted sees what it cost.
        _requests.Add(1, route, error);
    }

    /// <summary>So many more requests, or fewer, wait for a deployment of a model.</summary>
    public void Wait(string model, int change)
    {
        if (change != 0)
            _waiting.Add(change, new KeyValuePair<string, object?>("model", model));
    }

    public void Dispose() => _meter.Dispose();

    private static string? FailureOf(AttemptContext attempt) =>
        attempt.Rejection is null ? attempt.Failure?.Kind.ToString() : nameof(FailureKind.CheckFailed);

    private void Record(AttemptContext attempt)
    {
        var tags = new TagList { { "deployment", attempt.Deployment?.Id }, { "failure", FailureOf(attempt) } };
        _attempts.Add(1, tags);
        _tokens.Add(attempt.Usage.PromptTokens, new("model", attempt.Model.Name), new("direction", "input"));
        _tokens.Add(attempt.Usage.CompletionTokens, new("model", attempt.Model.Name), new("direction", "output"));
    }
}
