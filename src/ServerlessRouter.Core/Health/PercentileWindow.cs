using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Health;

/// <summary>
/// How a figure was distributed over the last five minutes: counts in buckets that grow by a constant factor, in a ring of one-minute slices. Recording allocates nothing.
/// Written under its owner's lock; read without.
/// </summary>
internal sealed class PercentileWindow
{
    /// <summary>What is older is forgotten.</summary>
    public static readonly TimeSpan Length = TimeSpan.FromMinutes(Slices);

    private const int Slices = 5;
    private const int Buckets = 64;

    /// <summary>The shares of the figures that lie below each percentile where little is good, in the order of <see cref="Percentiles"/>.</summary>
    private static readonly double[] SharesBelow = [0.5, 0.75, 0.9, 0.95, 0.99];

    private readonly double _lowest;
    private readonly double _bucketsPerOctave;
    private readonly long _sliceLength;
    private readonly bool _isMoreBetter;
    private readonly ushort[] _counts = new ushort[Slices * Buckets];
    private readonly int[] _totals = new int[Buckets];
    private readonly double[] _values = new double[SharesBelow.Length];
    private int _samples;
    private long _newest;
    private long _recordedAt;

    private PercentileWindow(double lowest, double highest, TimeProvider time, bool isMoreBetter)
    {
        _lowest = lowest;
        _bucketsPerOctave = Buckets / Math.Log2(highest / lowest);
        _sliceLength = time.TimestampFrequency * (long)Length.TotalSeconds / Slices;
        _isMoreBetter = isMoreBetter;
    }

    /// <summary>For seconds, from ten milliseconds to a hundred seconds, in steps of a sixth.</summary>
    public static PercentileWindow OfSeconds(TimeProvider time) => new(0.01, 100, time, isMoreBetter: false);

    /// <summary>For tokens per second, from one to two thousand, in steps of an eighth: the percentiles are those that so many figures surpass.</summary>
    public static PercentileWindow OfSpeed(TimeProvider time) => new(1, 2000, time, isMoreBetter: true);

    public void Record(double value, long timestamp)
    {
        Roll(timestamp);
        var bucket = BucketOf(value);
        ref var count = ref _counts[((int)(_newest % Slices) * Buckets) + bucket];
        // A slice so full knows its distribution.
        if (count == ushort.MaxValue)
            return;
        count++;
        _totals[bucket]++;
        _samples++;
        Summarise();
        Volatile.Write(ref _recordedAt, timestamp);
    }

    /// <summary>As of the last record; none when that is older than the window.</summary>
    public Percentiles At(long timestamp)
    {
        var samples = Volatile.Read(ref _samples);
        return samples == 0 || timestamp - Volatile.Read(ref _recordedAt) >= Slices * _sliceLength
            ? default
            : new Percentiles(samples, Read(0), Read(1), Read(2), Read(3), Read(4));
    }

    private double Read(int place) => Volatile.Read(ref _values[place]);

    private int BucketOf(double value) =>
        value <= _lowest ? 0 : Math.Min((int)(Math.Log2(value / _lowest) * _bucketsPerOctave), Buckets - 1);

    private void Roll(long timestamp)
    {
        var number = timestamp / _sliceLength;
        if (number - _newest >= Slices)
        {
            Array.Clear(_counts);
            Array.Clear(_totals);
            _samples = 0;
            _newest = number;
            return;
        }

        while (_newest < number)
        {
            _newest++;
            var slice = _counts.AsSpan((int)(_newest % Slices) * Buckets, Buckets);
            for (var bucket = 0; bucket < Buckets; bucket++)
            {
                _totals[bucket] -= slice[bucket];
                _samples -= slice[bucket];
            }

            slice.Clear();
        }
    }

    /// <summary>Once for each record, so that reading is free.</summary>
    private void Summarise()
    {
        for (var place = 0; place < _values.Length; place++)
            Volatile.Write(ref _values[place], Quantile(_isMoreBetter ? 1 - SharesBelow[place] : SharesBelow[place]));
    }

    /// <summary>Inside a bucket figures are taken to lie evenly on the scale of its factor.</summary>
    private double Quantile(double share)
    {
        var wanted = share * _samples;
        double passed = 0;
        var bucket = 0;
        while (bucket < Buckets - 1 && passed + _totals[bucket] < wanted)
            passed += _totals[bucket++];
        var inside = _totals[bucket] == 0 ? 0 : Math.Clamp((wanted - passed) / _totals[bucket], 0, 1);
        return _lowest * Math.Pow(2, (bucket + inside) / _bucketsPerOctave);
    }
}
