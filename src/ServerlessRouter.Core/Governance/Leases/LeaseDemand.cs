using System.Collections.Concurrent;
using System.Collections.Frozen;

namespace ServerlessRouter.Governance.Leases;

/// <summary>
/// Knows which instances wait for what: each says so in its sign of life. Those that wait, and this one, have equal parts; what cannot be divided, and a part below one, goes round among them by the clock, so
/// that at every moment the parts come to the whole.
/// </summary>
internal sealed class LeaseDemand(LeaseState state) : ILimitDemand
{
    /// <summary>Subjects that one sign of life names.</summary>
    private const int MaxWanted = 32;

    /// <summary>How long an instance keeps what cannot be divided: longer than the others take to see that it was given back.</summary>
    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(10);

    /// <summary>Turns of the sign of life for which what is shared counts as in use: a minute.</summary>
    private const int MaxTurnsInUse = 12;

    private readonly ConcurrentDictionary<LimitSubject, bool> _wanted = [];
    private int _turnsInUse;
    private FrozenDictionary<LimitSubject, DemandPlace> _others = FrozenDictionary<LimitSubject, DemandPlace>.Empty;

    /// <inheritdoc/>
    public bool IsStoreAway => state.IsStoreAway;

    /// <inheritdoc/>
    public void Want(LimitSubject subject)
    {
        Use();
        if (!_wanted.ContainsKey(subject) && _wanted.Count < MaxWanted)
            _wanted.TryAdd(subject, true);
    }

    /// <inheritdoc/>
    public int ShareOf(LimitSubject subject, int amount)
    {
        Use();
        var others = Volatile.Read(ref _others);
        if (others.Count == 0 || !others.TryGetValue(subject, out var place))
            return amount;
        var (part, rest) = Math.DivRem(amount, place.Of);
        var turn = state.Time.GetUtcNow().UtcTicks / Turn.Ticks;
        return (turn + place.Number) % place.Of < rest ? part + 1 : part;
    }

    /// <summary>This instance wants something that the others have to hear of.</summary>
    public bool IsWanting => !_wanted.IsEmpty;

    /// <summary>One turn of the sign of life goes by; whether what the others want has mattered here lately.</summary>
    public bool PassTurn()
    {
        if (Volatile.Read(ref _turnsInUse) == 0)
            return false;
        Interlocked.Decrement(ref _turnsInUse);
        return true;
    }

    /// <summary>What this instance has wanted since it was last asked, as it stands in a row; null where that is nothing.</summary>
    public string? Take()
    {
        if (_wanted.IsEmpty)
            return null;
        var subjects = _wanted.Keys.ToArray();
        foreach (var subject in subjects)
            _wanted.TryRemove(subject, out _);
        return string.Join('\n', subjects.Select(static subject => $"{subject.Kind}/{subject.Name}"));
    }

    /// <summary>What the others want, each by its name.</summary>
    public void Learn(string self, IEnumerable<(string Name, string Wanted)> others)
    {
        var wanting = others.SelectMany(static other => other.Wanted.Split('\n').Select(subject => (other.Name, Subject: Read(subject)))).ToLookup(static each => each.Subject, static each => each.Name);
        Volatile.Write(ref _others, wanting.Where(static each => each.Key is not null).ToFrozenDictionary(
            static each => each.Key!.Value, each => new DemandPlace(each.Count(name => string.CompareOrdinal(name, self) < 0), each.Count() + 1)));
    }

    /// <summary>From now on no other is known to want anything.</summary>
    public void Forget() => Volatile.Write(ref _others, FrozenDictionary<LimitSubject, DemandPlace>.Empty);

    private void Use()
    {
        if (Volatile.Read(ref _turnsInUse) < MaxTurnsInUse)
            Volatile.Write(ref _turnsInUse, MaxTurnsInUse);
    }

    private static LimitSubject? Read(string written) =>
        written.Split('/', 2) is [var kind, var name] && Enum.TryParse<SubjectKind>(kind, out var known) ? new LimitSubject(known, name) : null;

    /// <param name="Number">This instance's place among those that want.</param>
    /// <param name="Of">How many they are, this one included.</param>
    private readonly record struct DemandPlace(int Number, int Of);
}
