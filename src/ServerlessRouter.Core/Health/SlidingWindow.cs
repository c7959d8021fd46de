namespace ServerlessRouter.Health;

/// <summary>Counts successes and failures over the last stretch of time, in a ring of short buckets. Not thread-safe.</summary>
internal sealed class SlidingWindow
{
    private const int Buckets = 10;
    private readonly int[] _failures = new int[Buckets];
    private readonly int[] _calls = new int[Buckets];
    private readonly long _bucketLength;
    private long _newest;

    /// <param name="length">Length of the window in timestamp units.</param>
    public SlidingWindow(long length) => _bucketLength = Math.Max(1, length / Buckets);

    public int Calls { get; private set; }

    public int Failures { get; private set; }

    public void Add(long timestamp, bool isFailure)
    {
        Roll(timestamp);
        var bucket = (int)(_newest % Buckets);
        _calls[bucket]++;
        Calls++;
        if (!isFailure)
            return;
        _failures[bucket]++;
        Failures++;
    }

    /// <summary>Forgets what is older than the window.</summary>
    public void Roll(long timestamp)
    {
        var number = timestamp / _bucketLength;
        if (number - _newest >= Buckets)
        {
            Clear();
            _newest = number;
            return;
        }

        while (_newest < number)
        {
            _newest++;
            var bucket = (int)(_newest % Buckets);
            Calls -= _calls[bucket];
            Failures -= _failures[bucket];
            _calls[bucket] = 0;
            _failures[bucket] = 0;
        }
    }

    public void Clear()
    {
        Array.Clear(_calls);
        Array.Clear(_failures);
        Calls = 0;
        Failures = 0;
    }
}
