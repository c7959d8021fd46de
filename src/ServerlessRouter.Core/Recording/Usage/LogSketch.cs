namespace ServerlessRouter.Recording.Usage;

/// <summary>
/// Counts of values in buckets whose bounds grow by the same factor, the same everywhere: sketches of several instances and spans add up, and a quantile of the sum lies within
/// <see cref="RelativeError"/> of the exact one. After DDSketch (Masson, Rim, Lee, VLDB 2019). Values below a millionth count as one, values above a hundred thousand as that.
/// </summary>
public sealed class LogSketch
{
    /// <summary>4 %: how far a quantile may be from the exact one, above or below.</summary>
    public const double RelativeError = 0.04;

    /// <summary>So many buckets there are, so a sketch never takes 2 KiB, whatever it has seen.</summary>
    internal const int Buckets = 318;

    private const double Growth = (1 + RelativeError) / (1 - RelativeError);
    private const double Smallest = 1e-6;

    /// <summary>Free places beside a new bucket, so that not each makes a new array.</summary>
    private const int Slack = 4;

    private static readonly double LogGrowth = Math.Log(Growth);

    private int _first;
    private long[] _counts = [];

    /// <summary>How many values it has seen.</summary>
    public long Count { get; private set; }

    /// <summary>Adds a value.</summary>
    public void Add(double value) => Add(BucketOf(value), 1);

    /// <summary>Adds what another has seen.</summary>
    public void Add(LogSketch other)
    {
        ArgumentNullException.ThrowIfNull(other);
        for (var place = 0; place < other._counts.Length; place++)
        {
            if (other._counts[place] != 0)
                Add(other._first + place, other._counts[place]);
        }
    }

    /// <summary>The value that the share of all values (0..1) is at or below; null while there is none.</summary>
    public double? Quantile(double share)
    {
        if (Count == 0)
            return null;
        var rank = Math.Max(1, (long)Math.Ceiling(share * Count));
        var place = 0;
        for (long below = _counts[0]; below < rank; below += _counts[place])
            place++;
        return ValueOf(_first + place);
    }

    internal void Add(int bucket, long count)
    {
        MakeRoom(bucket);
        _counts[bucket - _first] += count;
        Count += count;
    }

    /// <summary>The buckets from the first that is used to the last; empty places between them included.</summary>
    internal (int First, ReadOnlyMemory<long> Counts) Used()
    {
        var (from, to) = (0, _counts.Length);
        while (from < to && _counts[from] == 0)
            from++;
        while (to > from && _counts[to - 1] == 0)
            to--;
        return (_first + from, _counts.AsMemory(from, to - from));
    }

    private static int BucketOf(double value) =>
        value > Smallest ? Math.Min((int)Math.Ceiling(Math.Log(value / Smallest) / LogGrowth), Buckets - 1) : 0;

    /// <summary>Between the bucket's bounds, as far from the one as from the other in relation to them.</summary>
    private static double ValueOf(int bucket) => Smallest * Math.Pow(Growth, bucket) * 2 / (Growth + 1);

    private void MakeRoom(int bucket)
    {
        if (_counts.Length > 0 && bucket >= _first && bucket < _first + _counts.Length)
            return;
        var first = Math.Max(0, _counts.Length == 0 ? bucket : Math.Min(_first, bucket - Slack));
        var end = Math.Min(Buckets, _counts.Length == 0 ? bucket + 1 : Math.Max(_first + _counts.Length, bucket + 1 + Slack));
        var counts = new long[end - first];
        _counts.CopyTo(counts, _counts.Length == 0 ? 0 : _first - first);
        (_first, _counts) = (first, counts);
    }
}
