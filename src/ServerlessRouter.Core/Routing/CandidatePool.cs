using System.Collections.Immutable;
using System.Runtime.InteropServices;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Routing.Objectives;

namespace ServerlessRouter.Routing;

/// <summary>
/// Candidates that are compared with each other. First come those good enough, by the objective; then those below the quality floor, best first; then those
/// the request would rather not use. Equal ones keep the order they were added in. Those whose window may be too small wait for the end of the plan.
/// </summary>
internal sealed class CandidatePool
{
    /// <summary>Sums of single-precision probabilities miss a floor by this much without being below it.</summary>
    private const float FloorTolerance = 1e-4f;

    /// <summary>A pool with room for more candidates than this is not kept.</summary>
    private const int MaxKept = 64;

    private static readonly Comparison<Entry> ByOrder = static (left, right) =>
        left.Standing != right.Standing ? ((int)left.Standing).CompareTo((int)right.Standing)
        : left.Score.Value != right.Score.Value ? right.Score.Value.CompareTo(left.Score.Value)
        : left.Place.CompareTo(right.Place);

    /// <summary>Plans are made one after the other on a thread, and what a pool holds is most of what a plan needs beside itself.</summary>
    [ThreadStatic]
    private static CandidatePool? _spare;

    private readonly List<Entry> _entries = [];
    private readonly List<PlannedCandidate> _cramped = [];
    private double _highestCostUsd;
    private double _highestLatencySeconds;
    private double _highestTokensPerSecond;

    private struct Entry
    {
        public CandidateFigures Figures;
        public CandidateScore Score;
        public CandidateStanding Standing;
        public int Place;
        public bool IsFallback;
    }

    /// <summary>An empty pool; <see cref="Return"/> lets the next plan on this thread have it.</summary>
    public static CandidatePool Rent()
    {
        var pool = _spare ?? new CandidatePool();
        _spare = null;
        return pool;
    }

    /// <summary>Ends the use of this pool. One that is not empty is not kept either: its candidates belong to this request.</summary>
    public void Return()
    {
        if (_entries.Count == 0 && _cramped.Count == 0 && _entries.Capacity <= MaxKept)
            _spare = this;
    }

    /// <summary>Room for so many more.</summary>
    public void MakeRoom(int candidates)
    {
        if (_entries.Count == 0)
            _entries.EnsureCapacity(candidates);
    }

    public void Add(in CandidateFigures figures, bool isFallback)
    {
        _highestCostUsd = Math.Max(_highestCostUsd, figures.CostUsd);
        _highestLatencySeconds = Math.Max(_highestLatencySeconds, figures.LatencySeconds ?? 0);
        _highestTokensPerSecond = Math.Max(_highestTokensPerSecond, figures.TokensPerSecond ?? 0);
        _entries.Add(new Entry { Figures = figures, Standing = CandidateStanding.Eligible, Place = _entries.Count, IsFallback = isFallback });
    }

    /// <summary>Keeps a candidate for the end of the plan, whatever the objective: its window may be too small.</summary>
    public void SetAside(in CandidateFigures figures, bool isFallback)
    {
        var score = new CandidateScore(0, $"its window of {figures.Model.ContextWindow} tokens may be too small for a prompt of this length");
        _cramped.Add(figures.Planned(score, CandidateStanding.Cramped, isFallback));
    }

    /// <summary>Appends what was set aside, largest window first.</summary>
    public void MoveCrampedTo(ImmutableArray<PlannedCandidate>.Builder plan)
    {
        if (_cramped.Count == 0)
            return;
        plan.AddRange(_cramped.OrderByDescending(static candidate => candidate.Model.ContextWindow));
        _cramped.Clear();
    }

    /// <summary>Appends the candidates in order and empties the pool.</summary>
    public void MoveTo(ImmutableArray<PlannedCandidate>.Builder plan, in PoolOrder order)
    {
        var terms = new ObjectiveTerms(order.Configured, _highestCostUsd, _highestLatencySeconds, _highestTokensPerSecond);
        var entries = CollectionsMarshal.AsSpan(_entries);
        foreach (ref var entry in entries)
            Rank(ref entry, order.Objective, terms, (float)order.Floor - FloorTolerance);

        entries.Sort(ByOrder);
        foreach (ref readonly var entry in entries)
            plan.Add(entry.Figures.Planned(entry.Score, entry.Standing, entry.IsFallback));

        _entries.Clear();
        _highestCostUsd = _highestLatencySeconds = _highestTokensPerSecond = 0;
    }

    private static void Rank(ref Entry entry, IObjective objective, in ObjectiveTerms terms, float floor)
    {
        ref readonly var figures = ref entry.Figures;
        if (figures.Quality < floor)
        {
            entry.Score = new(figures.Quality - 1, "below the quality floor; by expected quality");
            entry.Standing = figures.IsDeprioritised ? CandidateStanding.BelowFloorAndUnpreferred : CandidateStanding.BelowFloor;
            return;
        }

        entry.Score = objective.Score(figures, terms);
        if (!figures.IsDeprioritised)
            return;
        entry.Score = entry.Score with { Reason = "slower than the request prefers" };
        entry.Standing = CandidateStanding.Unpreferred;
    }
}
