namespace ServerlessRouter.Governance.Enforcement;

/// <summary>
/// Below how many tokens nineteen of twenty answers of a model to a caller stay; kept for callers with limits alone. Each pair of both has a place, which it shares with others: of these one is remembered, and
/// gives way to another that came <see cref="TriesOfOther"/> times while it did not come itself. So of many callers those are known that ask most, and the others cost nothing.
/// </summary>
internal sealed class LongAnswers
{
    /// <summary>Pairs of caller and model that are remembered at most.</summary>
    public const int MaxPairs = 4096;

    /// <summary>A caller of whom too few answers are known to tell anything loses nothing.</summary>
    private const int TriesOfOther = 16;

    private readonly Pair?[] _pairs = new Pair?[MaxPairs];

    private sealed class Pair(string caller, string model)
    {
        private int _triesOfOthers;

        public LengthCounts Lengths { get; } = new();

        public bool Is(string otherCaller, string otherModel) => caller == otherCaller && model == otherModel;

        public void Use() => _triesOfOthers = 0;

        /// <summary>Whether another may have the place. Tries at once may be counted as one.</summary>
        public bool GivesWay() => ++_triesOfOthers >= TriesOfOther;
    }

    /// <summary>Null where too few answers are known.</summary>
    public int? LengthOf(string? caller, string model) => Volatile.Read(ref PlaceOf(caller ?? "", model)) is { } pair && pair.Is(caller ?? "", model) ? pair.Lengths.Long : null;

    public void Learn(string? caller, string model, int tokens)
    {
        ref var place = ref PlaceOf(caller ?? "", model);
        var pair = Volatile.Read(ref place);
        if (pair is null || !pair.Is(caller ?? "", model))
        {
            if (pair?.GivesWay() == false)
                return;
            Volatile.Write(ref place, pair = new Pair(caller ?? "", model));
        }

        pair.Use();
        pair.Lengths.Add(tokens);
    }

    private ref Pair? PlaceOf(string caller, string model) => ref _pairs[((uint)caller.GetHashCode(StringComparison.Ordinal) * 31 ^ (uint)model.GetHashCode(StringComparison.Ordinal)) % MaxPairs];
}
