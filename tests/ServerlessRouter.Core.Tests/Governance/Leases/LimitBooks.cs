using ServerlessRouter.Configuration;
using ServerlessRouter.Governance;
using ServerlessRouter.Governance.Leases;
using ServerlessRouter.State;

namespace ServerlessRouter.Core.Tests.Governance.Leases;

/// <summary>What was truly used of each limit in each window, and who was refused.</summary>
internal sealed class LimitBooks
{
    private readonly Dictionary<(LimitSubject Subject, LimitModel Limit, DateTimeOffset Start), LimitTruth> _windows = [];
    private readonly Dictionary<(int Run, (LimitSubject Subject, LimitModel Limit, DateTimeOffset Start) Window), long> _ofRuns = [];

    public IEnumerable<(LimitModel Limit, LimitTruth Truth)> Windows => _windows.Select(static window => (window.Key.Limit, window.Value));

    /// <summary>How long an instance may keep a place of a request that ended: to its next turn, and what that takes.</summary>
    public static readonly TimeSpan GivenBack = TimeSpan.FromSeconds(2.2);

    public int Passed { get; private set; }

    /// <summary>Refusals, with what was truly left then, neither used nor set aside, here or by one that died lately.</summary>
    public List<(LimitRefusal Refusal, long Left, DateTimeOffset At)> Refused { get; } = [];

    /// <summary>How long what a dead instance held may be pending.</summary>
    public static readonly TimeSpan Pending = TimeSpan.FromSeconds(90);

    public TimeSpan MaxWait { get; set; }

    public void Begin(LimitRequest request)
    {
        Passed++;
        foreach (var claim in request.Claims)
            Of(claim, request.At).Held += claim.Amount;
    }

    public void Settle(LimitRequest request, DateTimeOffset now)
    {
        request.Reservation.Settle(request.Used);
        for (var place = 0; place < request.Claims.Count; place++)
        {
            var claim = request.Claims[place];
            var truth = Of(claim, request.At);
            truth.Held -= claim.Amount;
            truth.Used += request.Used[place];
            if (claim.Limit.Measure == LimitMeasure.Concurrency)
                truth.Ended.Add((now, claim.Amount));
            var key = (request.Run, Name(claim, request.At));
            _ofRuns[key] = _ofRuns.GetValueOrDefault(key) + request.Used[place];
        }
    }

    /// <summary>A request that died with its instance.</summary>
    public void Lose(LimitRequest request, DateTimeOffset at)
    {
        foreach (var claim in request.Claims)
        {
            var truth = Of(claim, request.At);
            truth.Held -= claim.Amount;
            truth.Died.Add((at, claim.Amount));
        }
    }

    public void Refuse(LimitRefusal refusal, DateTimeOffset at)
    {
        var truth = Of(refusal.Claim, at);
        var pending = truth.Died.Where(died => died.At + Pending > at).Sum(static died => died.Amount) + truth.Ended.Where(ended => ended.At + GivenBack > at).Sum(static ended => ended.Amount);
        Refused.Add((refusal, refusal.Claim.Limit.Amount - truth.Used - truth.Held - pending, at));
    }

    /// <summary>An instance died: what it had settled and the store does not hold may be lost.</summary>
    public async Task ForgetAsync(LimitMember member, ITableStore store)
    {
        foreach (var ((_, window), used) in _ofRuns.Where(known => known.Key.Run == member.Run))
        {
            var key = LeaseTables.Key(window.Limit.Window, WindowSpan.Of(window.Limit.Window, window.Start), LeaseTables.Hash(window.Subject, window.Limit));
            var parts = TableQuery.InPartition(LeaseTables.Partition(LeaseTables.ShardOf(window.Subject)), TableKeyRange.Prefix($"i.{member.RunName}.{key}."));
            var rows = await store.QueryPageAsync(LeaseTables.Limits, parts).ConfigureAwait(false);
            _windows[window].MaxLost += used - rows.Entities.Sum(static row => LeaseRow.Read(row).Settled);
        }
    }

    /// <summary>The total of a window, as the store holds it.</summary>
    public async Task<IReadOnlyList<(LimitModel Limit, LimitTruth Truth, LeaseRow Total)>> ReadAsync(ITableStore store)
    {
        var read = new List<(LimitModel, LimitTruth, LeaseRow)>();
        foreach (var ((subject, limit, start), truth) in _windows)
        {
            var key = LeaseTables.Key(limit.Window, WindowSpan.Of(limit.Window, start), LeaseTables.Hash(subject, limit));
            read.Add((limit, truth, LeaseRow.Read(await store.GetAsync(LeaseTables.Limits, LeaseTables.Partition(LeaseTables.ShardOf(subject)), LeaseTables.Total(key)).ConfigureAwait(false))));
        }

        return read;
    }

    private LimitTruth Of(in Claim claim, DateTimeOffset at)
    {
        var name = Name(claim, at);
        return _windows.TryGetValue(name, out var known) ? known : _windows[name] = new LimitTruth();
    }

    private static (LimitSubject Subject, LimitModel Limit, DateTimeOffset Start) Name(in Claim claim, DateTimeOffset at) =>
        (claim.Subject, claim.Limit, WindowSpan.Of(claim.Limit.Window, at).Start);
}

/// <summary>What is true of one window.</summary>
internal sealed class LimitTruth
{
    public long Used { get; set; }

    public long Held { get; set; }

    /// <summary>Places at once of requests that have ended.</summary>
    public List<(DateTimeOffset At, long Amount)> Ended { get; } = [];

    /// <summary>What requests held that died with their instance.</summary>
    public List<(DateTimeOffset At, long Amount)> Died { get; } = [];

    /// <summary>The most that crashes can have taken with them.</summary>
    public long MaxLost { get; set; }
}
