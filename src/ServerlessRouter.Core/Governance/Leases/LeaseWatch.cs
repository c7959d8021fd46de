using ServerlessRouter.State;

namespace ServerlessRouter.Governance.Leases;

/// <summary>
/// Remembers which signs of life were seen when, and says when to look again. Of four instances and more, two look in each interval, by their places and the clock, so that the last sign
/// of an instance that dies is seen within an interval by an instance that lives. An instance that misses a sign of life looks every turn until it comes, or the grants of the dead one are taken back.
/// </summary>
internal sealed class LeaseWatch(LeaseState state)
{
    private const int LookersAtOnce = 2;

    /// <summary>4: each looks every 20 s at least, three times while the grants of one that is silent last.</summary>
    private const int MaxRounds = 4;

    private readonly Dictionary<string, (string ETag, long Since)> _seen = new(StringComparer.Ordinal);

    /// <summary>A sign of life comes every second turn.</summary>
    private readonly long _maxSilence = state.Units(3 * state.Options.PresenceInterval);
    private int _rounds = 1;
    private int _place;
    private int _turns;
    private bool _isSignMissing;

    /// <summary>One turn goes by; whether this instance is to look in it.</summary>
    public bool PassTurn()
    {
        var interval = state.Time.GetUtcNow().UtcTicks / state.Options.PresenceInterval.Ticks;
        return ++_turns >= _rounds || (interval + _place) % _rounds == 0 || _isSignMissing;
    }

    /// <summary>Others were seen; those of them that have shown no new sign of life for as long as grants last.</summary>
    public List<TableEntity> Look(string self, List<TableEntity> others)
    {
        var now = state.Time.GetTimestamp();
        foreach (var name in _seen.Keys.Except(others.Select(static row => row.RowKey)).ToArray())
            _seen.Remove(name);
        var silent = new List<TableEntity>();
        (_turns, _isSignMissing) = (0, false);
        foreach (var row in others)
        {
            if (!_seen.TryGetValue(row.RowKey, out var seen) || seen.ETag != row.ETag)
                _seen[row.RowKey] = (row.ETag!, now);
            else if (now - seen.Since >= state.Units(LeasePresence.IsClosed(row) ? state.Options.InstanceRetention : state.Options.InstanceLease))
                silent.Add(row);
            else
                _isSignMissing |= !LeasePresence.IsClosed(row) && now - seen.Since >= _maxSilence;
        }

        ShareOut(self, others.FindAll(static row => !LeasePresence.IsClosed(row)));
        return silent;
    }

    private void ShareOut(string self, List<TableEntity> living)
    {
        _rounds = Math.Clamp((living.Count + 1) / LookersAtOnce, 1, MaxRounds);
        _place = living.Count(row => string.CompareOrdinal(row.RowKey, self) < 0);
    }
}
