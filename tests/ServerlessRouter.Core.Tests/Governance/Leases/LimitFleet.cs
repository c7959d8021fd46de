using Microsoft.Extensions.Logging.Abstractions;
using ServerlessRouter.Configuration;
using ServerlessRouter.Governance;
using ServerlessRouter.Governance.Leases;
using ServerlessRouter.State;
using ServerlessRouter.State.Memory;
using ServerlessRouter.Testing.Chance;
using ServerlessRouter.Testing.Time;

namespace ServerlessRouter.Core.Tests.Governance.Leases;

/// <summary>
/// Instances over one store, with requests that come and go, crashes and outages; everything on one thread, in the order of time, the same for the same seed. It keeps books of its own, which the ledger's are
/// held against.
/// </summary>
internal sealed class LimitFleet
{
    public static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);
    private readonly SeededRandomSource _random;
    private readonly MemoryTableStore _memory;
    private readonly List<LimitRequest> _open = [];
    private readonly List<(TimeSpan At, Func<Task> Happens)> _events = [];
    private TimeSpan _elapsed;
    private int _runs;

    public LimitFleet(int seed, int members)
    {
        _random = new SeededRandomSource(seed);
        _memory = new MemoryTableStore(Time);
        Members = [.. Enumerable.Range(0, members).Select(number => new LimitMember { Name = $"instance-{number}" })];
    }

    public ManualTimeProvider Time { get; } = new(new DateTimeOffset(2026, 3, 4, 10, 0, 0, TimeSpan.Zero));

    public ITableStore Memory => _memory;

    public IReadOnlyList<LimitMember> Members { get; }

    public LeaseOptions Options { get; init; } = new() { ShortRetention = TimeSpan.FromDays(2) };

    /// <summary>What a request asks for, drawn for each.</summary>
    public required Func<SeededRandomSource, IReadOnlyList<Claim>> Ask { get; init; }

    public TimeSpan MaxStoreDelay { get; init; } = TimeSpan.FromMilliseconds(8);

    public double LostShare { get; init; }

    public double LateShare { get; init; }

    public TimeSpan MaxRequestTime { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>By how much at most a request uses more, or less, than it asked for; a share.</summary>
    public double MaxMisjudgement { get; init; } = 0.3;

    public LimitBooks Books { get; } = new();

    public int Crashes { get; private set; }

    public int Outages { get; private set; }

    /// <summary>When members were cut off from the store, and a little longer.</summary>
    public List<(DateTimeOffset From, DateTimeOffset To)> CutOff { get; } = [];

    /// <summary>What became of every request, in order: two runs of a seed are the same where this is.</summary>
    public HashCode Digest { get; private set; }

    public async Task StartAsync()
    {
        foreach (var member in Members)
            Begin(member);
        // Each has seen the others before the first request.
        await PassAsync(TimeSpan.FromSeconds(12)).ConfigureAwait(false);
    }

    /// <summary>Requests come at random instances at this rate; what is planned happens on the way.</summary>
    public async Task ServeAsync(int requests, double perSecond)
    {
        var next = 0.0;
        for (var sent = 0; sent < requests;)
        {
            for (next += perSecond * Step.TotalSeconds; next >= 1 && sent < requests; next--, sent++)
                Send();
            await StepAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Time passes, without new requests.</summary>
    public async Task PassAsync(TimeSpan time)
    {
        for (var until = _elapsed + time; _elapsed < until;)
            await StepAsync().ConfigureAwait(false);
    }

    /// <summary>Ends every instance in good order.</summary>
    public async Task EndAsync()
    {
        foreach (var member in Members.Where(static member => member.Limits is not null))
        {
            member.Store!.IsDown = false;
            (member.Store.LostShare, member.Store.LateShare) = (0, 0);
            var ending = member.Limits!.DisposeAsync().AsTask();
            while (!ending.IsCompleted)
                Time.Advance(Step);
            await ending.ConfigureAwait(false);
            member.Limits = null;
        }
    }

    /// <summary>Plans for a member to die at some time and to be there again a little later.</summary>
    public void PlanCrash(TimeSpan after) => _events.Add((_elapsed + after, async () =>
    {
        var member = Members[_random.Next(Members.Count)];
        if (member.Limits is null)
            return;
        Crashes++;
        member.Store!.IsDown = true;
        var died = _open.Where(request => request.Member == member).ToList();
        _open.RemoveAll(died.Contains);
        foreach (var request in died)
            Books.Lose(request, Time.GetUtcNow());
        await Books.ForgetAsync(member, _memory).ConfigureAwait(false);
        member.Limits = null;
        _events.Add((_elapsed + (_random.NextDouble() * TimeSpan.FromSeconds(20)), () => Done(() => Begin(member))));
    }));

    /// <summary>Plans for members to be cut off from the store for a while.</summary>
    public void PlanOutage(TimeSpan after, TimeSpan length, double share) => _events.Add((_elapsed + after, () => Done(() =>
    {
        Outages++;
        CutOff.Add((Time.GetUtcNow(), Time.GetUtcNow() + length + TimeSpan.FromSeconds(10)));
        var cut = Members.Where(_ => _random.NextDouble() < share).ToList();
        foreach (var member in cut)
            member.Store!.IsDown = true;
        var stores = cut.ConvertAll(static member => member.Store!);
        _events.Add((_elapsed + length, () => Done(() =>
        {
            foreach (var member in cut.Where(member => stores.Contains(member.Store!) && member.Limits is not null))
                member.Store!.IsDown = false;
        })));
    })));

    private static Task Done(Action action)
    {
        action();
        return Task.CompletedTask;
    }

    private void Begin(LimitMember member)
    {
        member.Store = new StormyStore(_memory, Time, _random) { MaxDelay = MaxStoreDelay, LostShare = LostShare, LateShare = LateShare };
        member.Limits = new LeasedLimits(member.Store, Options, member.Name, Time, NullLogger<LeasedLimits>.Instance) { LeaveRound = static () => default };
        (member.Run, member.RunName) = (++_runs, $"{member.Name}-{Time.GetUtcNow().UtcTicks:x}");
        member.NextRenewal = _elapsed + (_random.NextDouble() * Options.RenewInterval);
        member.NextPresence = _elapsed;
        member.NextErasure = _elapsed + Options.ErasureInterval;
        member.Renewing = member.Presenting = member.Erasing = Task.CompletedTask;
    }

    private async Task StepAsync()
    {
        for (var place = 0; place < _events.Count; place++)
        {
            if (_events[place].At > _elapsed)
                continue;
            var happens = _events[place].Happens;
            _events.RemoveAt(place--);
            await happens().ConfigureAwait(false);
        }

        foreach (var member in Members.Where(static member => member.Limits is not null))
            member.Turn(_elapsed, Options);
        foreach (var request in _open.Where(request => request.EndsAt <= _elapsed).ToList())
        {
            _open.Remove(request);
            Books.Settle(request, Time.GetUtcNow());
        }

        Time.Advance(Step);
        _elapsed += Step;
    }

    private void Send()
    {
        var member = Members[_random.Next(Members.Count)];
        if (member.Limits is not null)
            _ = SendAsync(member, member.Limits, Ask(_random));
    }

    private async Task SendAsync(LimitMember member, LeasedLimits limits, IReadOnlyList<Claim> claims)
    {
        var begun = Time.GetUtcNow();
        var outcome = await limits.ReserveAsync(claims, CancellationToken.None).ConfigureAwait(false);
        // It died with the request.
        if (member.Limits != limits)
            return;
        var digest = Digest;
        digest.Add(outcome.Refusal?.Reason);
        digest.Add(Time.GetUtcNow().Ticks);
        Digest = digest;
        Books.MaxWait = TimeSpan.FromTicks(Math.Max(Books.MaxWait.Ticks, (Time.GetUtcNow() - begun).Ticks));
        if (outcome.Refusal is { } refusal)
        {
            Books.Refuse(refusal, Time.GetUtcNow());
            return;
        }

        var used = claims.Select(claim => claim.Limit.Measure switch
        {
            LimitMeasure.Requests => 1,
            LimitMeasure.Concurrency => 0,
            _ => (long)(claim.Amount * (1 + ((2 * _random.NextDouble()) - 1) * MaxMisjudgement)),
        }).ToArray();
        var request = new LimitRequest(member, member.Run, claims, used, Time.GetUtcNow(), _elapsed + (_random.NextDouble() * MaxRequestTime), outcome.Reservation!);
        Books.Begin(request);
        _open.Add(request);
    }
}

/// <summary>One instance of a fleet; null where it is dead.</summary>
internal sealed class LimitMember
{
    public required string Name { get; init; }

    public StormyStore? Store { get; set; }

    public LeasedLimits? Limits { get; set; }

    /// <summary>Tells its lives apart.</summary>
    public int Run { get; set; }

    /// <summary>The name of its rows in this life.</summary>
    public string RunName { get; set; } = "";

    public TimeSpan NextRenewal { get; set; }

    public TimeSpan NextPresence { get; set; }

    public TimeSpan NextErasure { get; set; }

    public Task Renewing { get; set; } = Task.CompletedTask;

    public Task Presenting { get; set; } = Task.CompletedTask;

    public Task Erasing { get; set; } = Task.CompletedTask;

    /// <summary>Takes the turns that are due, each after the one before it, as the background work does.</summary>
    public void Turn(TimeSpan now, LeaseOptions options)
    {
        if (NextPresence <= now && Presenting.IsCompleted)
            (NextPresence, Presenting) = (now + options.PresenceInterval, QuietAsync(Limits!.KeepPresentAsync(CancellationToken.None)));
        if (NextRenewal <= now && Renewing.IsCompleted)
            (NextRenewal, Renewing) = (now + options.RenewInterval, QuietAsync(Limits!.RenewAsync(CancellationToken.None)));
        if (NextErasure <= now && Erasing.IsCompleted)
            (NextErasure, Erasing) = (now + options.ErasureInterval, QuietAsync(Limits!.EraseAsync(CancellationToken.None)));
    }

    private static async Task QuietAsync(ValueTask turn)
    {
        try
        {
            await turn.ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is TableStoreUnavailableException or OperationCanceledException)
        {
        }
    }
}

/// <summary>A request that was let through and is under way.</summary>
internal sealed record LimitRequest(LimitMember Member, int Run, IReadOnlyList<Claim> Claims, long[] Used, DateTimeOffset At, TimeSpan EndsAt, ILimitReservation Reservation);
