namespace ServerlessRouter.Governance.Leases;

/// <summary>What was used in the last period, told from the one under way and a falling share of the one before.</summary>
internal struct RecentUse
{
    private long _since;
    private long _current;
    private long _previous;

    public void Add(long amount, long now, long period)
    {
        Roll(now, period);
        _current = Math.Max(0, _current + amount);
    }

    public long Sum(long now, long period)
    {
        Roll(now, period);
        return _current + (long)(_previous * (1 - ((double)(now - _since) / period)));
    }

    private void Roll(long now, long period)
    {
        var passed = now - _since;
        if (passed < period)
            return;
        _previous = passed < 2 * period ? _current : 0;
        _current = 0;
        _since = passed < 2 * period ? _since + period : now;
    }
}
