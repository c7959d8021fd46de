using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Telemetry;

/// <summary>
/// What the router counts, on the meter <see cref="MeterName"/>. <c>router.*</c> counts requests, also refused ones and those that the cache answered; <c>gen_ai.*</c> counts calls to vendors.
/// Attributes have few values: names of the configuration and codes.
/// </summary>
public sealed class RouterMetrics : IDisposable
{
    public const string MeterName = RouterTelemetry.MeterName;

    private const string Answered = "answered";

    private readonly Meter _meter = new(MeterName);
    private readonly TelemetryOptions _options;
    private readonly Counter<long> _requests;
    private readonly Counter<double> _costUsd;
    private readonly Histogram<double> _durationSeconds;
    private readonly Histogram<double> _overheadSeconds;
    private readonly ConcurrentDictionary<string, int> _waiting = new(StringComparer.Ordinal);
    private readonly FormerMetrics? _former;

    public RouterMetrics(TelemetryOptions? options = null)
    {
        _options = options ?? new TelemetryOptions();
        _requests = _meter.CreateCounter<long>("router.requests", "{request}", "Requests, also refused ones and those that the cache answered");
        _costUsd = _meter.CreateCounter<double>("router.request.cost", "{USD}", "Settled cost of requests, with every call that was made for them");
        _durationSeconds = _meter.CreateHistogram(
            "router.request.duration", "s", "Requests, from arrival to the settled end", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = GenAiNames.SecondsBuckets });
        _overheadSeconds = _meter.CreateHistogram(
            "router.request.overhead", "s", "The router's own part of a request: all but the time in which vendors worked or were waited for",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1] });
        _meter.CreateObservableUpDownCounter("router.requests.waiting", Waiting, "{request}", "Requests that wait until a deployment of a model has room");
        _former = _options.KeepsFormerNames ? new FormerMetrics(_meter) : null;
        Attempts = new AttemptMetrics(_meter, _options.Conventions);
    }

    internal Meter Meter => _meter;

    /// <summary>Those of calls to vendors.</summary>
    internal AttemptMetrics Attempts { get; }

    /// <summary>How what is shown is named.</summary>
    internal TelemetryOptions Options => _options;

    /// <summary><c>answered</c>, or the code of the error.</summary>
    internal static string OutcomeOf(RequestContext context) => context.Error is { } error ? RouterErrorTraits.Of(error.Code).Code : Answered;

    /// <summary>Counts a settled request.</summary>
    public void Record(RequestContext context, TimeProvider time)
    {
        if (_former is { Enabled: true } former)
            former.Record(context);
        // The clock is read and labels are put together only for a listener.
        if (!_requests.Enabled && !_costUsd.Enabled && !_durationSeconds.Enabled && !_overheadSeconds.Enabled)
            return;
        var labels = LabelsOf(context);
        // What is answered later has mostly slept.
        if (context.ResumePoint is null)
        {
            var times = RequestTimes.Of(context, time);
            _durationSeconds.Record(times.Total.TotalSeconds, labels);
            _overheadSeconds.Record(times.Own.TotalSeconds, new KeyValuePair<string, object?>(RouterAttributes.Route, context.Route?.Name));
        }

        _costUsd.Add((double)context.CostUsd, labels);
        // Last, so that who sees the request counted sees what it cost.
        _requests.Add(1, labels);
    }

    /// <summary>Counts a request that was refused before the pipeline: nothing is known of it but why.</summary>
    public void RecordRefusal(RouterError error)
    {
        if (!_requests.Enabled)
            return;
        var code = RouterErrorTraits.Of(error.Code).Code;
        var labels = new TagList { { RouterAttributes.Outcome, code } };
        if (_former is not null)
            AddFormer(ref labels, route: null, code);
        _requests.Add(1, labels);
    }

    /// <summary>So many more requests, or fewer, wait for a deployment of a model.</summary>
    public void Wait(string model, int change)
    {
        if (change != 0)
            _waiting.AddOrUpdate(model, static (_, change) => change, static (_, waiting, change) => waiting + change, change);
    }

    /// <summary>Shows, whenever something looks, how the deployments of the configuration are.</summary>
    internal void Observe(DeploymentGauges gauges) => gauges.AddTo(_meter);

    public void Dispose() => _meter.Dispose();

    private IEnumerable<Measurement<int>> Waiting()
    {
        foreach (var (model, waiting) in _waiting)
        {
            var named = new KeyValuePair<string, object?>(RouterAttributes.Model, model);
            yield return _former is null ? new Measurement<int>(waiting, named) : new Measurement<int>(waiting, named, new("model", model));
        }
    }

    private TagList LabelsOf(RequestContext context)
    {
        var labels = new TagList { { RouterAttributes.Outcome, OutcomeOf(context) } };
        if (context.Route is { } route)
            labels.Add(RouterAttributes.Route, route.Name);
        if (context.AnsweringModel is { } model)
            labels.Add(RouterAttributes.Model, model);
        if (context.Cache is { } cache)
            labels.Add(RouterAttributes.Cache, cache.Status.ToWireName());
        if (_options.NamesKeys && context.CallerName is { } key)
            labels.Add(RouterAttributes.Key, key);
        if (_former is not null)
            AddFormer(ref labels, context.Route?.Name, context.Error is { } error ? RouterErrorTraits.Of(error.Code).Code : null);
        return labels;
    }

    private static void AddFormer(ref TagList labels, string? route, string? error)
    {
        labels.Add("route", route);
        labels.Add("error", error);
    }
}
