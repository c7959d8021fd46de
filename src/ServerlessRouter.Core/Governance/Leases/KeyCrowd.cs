namespace ServerlessRouter.Governance.Leases;

/// <summary>The counters of the end users and sessions of one key: so many of them, so that one key leaves room for the others.</summary>
internal sealed class KeyCrowd(string key)
{
    private int _count;
    private int _isFull;

    public string Key => key;

    public bool IsEmpty => Volatile.Read(ref _count) == 0;

    public bool IsAtMost(int count) => Volatile.Read(ref _count) <= count;

    /// <summary>There are as many as there may be, or were, and have not become few since.</summary>
    public bool IsFull => Volatile.Read(ref _isFull) != 0;

    public bool TryEnter(int most)
    {
        if (Interlocked.Increment(ref _count) <= most)
            return true;
        Interlocked.Decrement(ref _count);
        return false;
    }

    public void Leave() => Interlocked.Decrement(ref _count);

    /// <summary>False where it was known to be full.</summary>
    public bool MarkFull() => Interlocked.Exchange(ref _isFull, 1) == 0;

    /// <summary>False where it was known to have room.</summary>
    public bool MarkRoom() => Interlocked.Exchange(ref _isFull, 0) != 0;
}
