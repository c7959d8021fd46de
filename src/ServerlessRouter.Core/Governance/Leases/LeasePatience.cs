namespace ServerlessRouter.Governance.Leases;

/// <summary>How long one request goes on asking the store.</summary>
internal sealed class LeasePatience(LeaseState state)
{
    /// <summary>Each round that brings nothing means that other requests took what it brought.</summary>
    private const int MaxRounds = 8;

    /// <summary>The second loss in a row is no accident.</summary>
    private const int MaxFailures = 2;

    private readonly long _begun = state.Time.GetTimestamp();
    private int _rounds;
    private int _failures;

    public TimeSpan Left => state.Options.GrantWait - state.Time.GetElapsedTime(_begun) is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero;

    /// <summary>The moment of the next try behind a round.</summary>
    public LeaseMoment Next(bool isWritten)
    {
        if (!isWritten)
            _failures++;
        return state.Now() with { HasWaited = true, HasStoreFailed = _failures == MaxFailures || Left == TimeSpan.Zero, IsLastTry = ++_rounds == MaxRounds };
    }
}
