namespace ServerlessRouter.Dispatch;

/// <summary>Keeps the second requests of a route to a share of its requests: each request earns that share of one, and what is not used is kept up to <see cref="MostSaved"/>.</summary>
internal sealed class HedgeBudget(double share)
{
    /// <summary>A quiet hour must not end in a burst.</summary>
    public const int MostSaved = 10;

    private const long One = 1_000_000;
    private readonly long _earned = (long)(share * One);
    private long _saved;

    /// <summary>A request has come.</summary>
    public void Earn()
    {
        long saved, next;
        do
        {
            saved = Volatile.Read(ref _saved);
            next = Math.Min(saved + _earned, MostSaved * One);
        }
        while (next != saved && Interlocked.CompareExchange(ref _saved, next, saved) != saved);
    }

    /// <summary>False when the share is used up.</summary>
    public bool TrySpend()
    {
        while (Volatile.Read(ref _saved) is var saved && saved >= One)
        {
            if (Interlocked.CompareExchange(ref _saved, saved - One, saved) == saved)
                return true;
        }

        return false;
    }
}
