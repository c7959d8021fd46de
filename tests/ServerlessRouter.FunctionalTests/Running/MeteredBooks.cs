using System.Diagnostics.Metrics;
using ServerlessRouter.Telemetry;

namespace ServerlessRouter.FunctionalTests.Running;

/// <summary>What the router's meter adds up, as an operator's dashboard would; of the whole process.</summary>
internal sealed class MeteredBooks : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly Lock _lock = new();
    private long _requests;
    private double _costUsd;

    public MeteredBooks()
    {
        _listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Meter.Name == RouterMetrics.MeterName)
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>(Count);
        _listener.SetMeasurementEventCallback<double>(Add);
        _listener.Start();
    }

    /// <summary>Requests settled.</summary>
    public long Requests => Volatile.Read(ref _requests);

    /// <summary>What they cost together.</summary>
    public double CostUsd
    {
        get
        {
            lock (_lock)
                return _costUsd;
        }
    }

    public void Dispose() => _listener.Dispose();

    private void Count(Instrument instrument, long measurement, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        if (instrument.Name == "router.requests")
            Interlocked.Add(ref _requests, measurement);
    }

    private void Add(Instrument instrument, double measurement, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        if (instrument.Name != "router.request.cost")
            return;
        lock (_lock)
            _costUsd += measurement;
    }
}
