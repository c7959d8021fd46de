namespace ServerlessRouter.Health;

/// <summary>
/// A moving average that jumps to every peak and decays from it towards the ordinary average, so that a deployment that turned slow is avoided at once and tried again
/// later (after Finagle's peak EWMA). Written under its owner's lock; read without.
/// </summary>
internal sealed class PeakAverage(long decay)
{
    private const double OrdinaryShare = 0.1;
    private const int MaxSamples = 1000;
    private double _average;
    private int _samples;
    private double _peak;
    private long _peakAt;

    /// <summary>Takes in a sample; what was known before counts for less where it is <paramref name="staleness"/> (0 fresh, 1 worthless), and while it was little.</summary>
    public void Add(double sample, long timestamp, double staleness = 0)
    {
        var current = At(timestamp);
        var average = Volatile.Read(ref _average);
        _samples = Math.Min(_samples + 1, MaxSamples);
        Volatile.Write(ref _average, average + (Math.Max(staleness, Math.Max(OrdinaryShare, 1.0 / _samples)) * (sample - average)));
        if (sample < current)
            return;
        Volatile.Write(ref _peak, sample);
        Volatile.Write(ref _peakAt, timestamp);
    }

    /// <summary>The value at a time; 0 before the first sample.</summary>
    public double At(long timestamp)
    {
        var average = Volatile.Read(ref _average);
        var above = Volatile.Read(ref _peak) - average;
        return above <= 0 ? average : average + (above * Math.Exp(-(double)Math.Max(0, timestamp - Volatile.Read(ref _peakAt)) / decay));
    }
}
