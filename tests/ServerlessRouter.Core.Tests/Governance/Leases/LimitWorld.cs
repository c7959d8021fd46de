using Microsoft.Extensions.Logging.Abstractions;
using ServerlessRouter.Configuration;
using ServerlessRouter.Governance;
using ServerlessRouter.Governance.Leases;
using ServerlessRouter.State;
using ServerlessRouter.State.Memory;
using ServerlessRouter.Testing.Chance;
using ServerlessRouter.Testing.Time;

namespace ServerlessRouter.Core.Tests.Governance.Leases;

/// <summary>A store in memory, a clock that a test moves, and instances that take their turns when the test says so.</summary>
internal sealed class LimitWorld
{
    public static readonly LimitSubject Key = new(SubjectKind.Key, "search");

    public LimitWorld() => Memory = new MemoryTableStore(Time);

    public ManualTimeProvider Time { get; } = new(new DateTimeOffset(2026, 3, 4, 10, 0, 0, TimeSpan.Zero));

    public MemoryTableStore Memory { get; }

    public LeaseOptions Options { get; set; } = new();

    public static LimitModel Requests(long amount, LimitWindow window = LimitWindow.Minute) => new($"requests.{window}", LimitMeasure.Requests, amount, window);

    public static LimitModel Tokens(long amount, LimitWindow window = LimitWindow.Minute) => new($"tokens.{window}", LimitMeasure.Tokens, amount, window);

    public static LimitModel Budget(long amount, LimitWindow window = LimitWindow.Day) => new($"budget.{window}", LimitMeasure.Money, amount, window);

    public static LimitModel AtOnce(long amount) => new("concurrentRequests", LimitMeasure.Concurrency, amount, LimitWindow.None);

    /// <summary>An instance that has seen which others there are.</summary>
    public async Task<LimitInstance> StartAsync(string name = "one", TimeProvider? clock = null)
    {
        var store = new StormyStore(Memory, Time, new SeededRandomSource(1));
        var instance = new LimitInstance(new LeasedLimits(store, Options, name, clock ?? Time, NullLogger<LeasedLimits>.Instance) { LeaveRound = static () => default }, store);
        await instance.Limits.KeepPresentAsync(CancellationToken.None);
        return instance;
    }

    /// <summary>Instances that have all seen each other.</summary>
    public async Task<LimitInstance[]> StartAsync(int count)
    {
        var instances = new LimitInstance[count];
        for (var number = 0; number < count; number++)
            instances[number] = await StartAsync($"instance-{number}");
        foreach (var instance in instances)
            await instance.Limits.KeepPresentAsync(CancellationToken.None);
        return instances;
    }

    /// <summary>Time passes; these instances take the turns that come due.</summary>
    public async Task PassAsync(TimeSpan time, params LimitInstance[] instances)
    {
        var second = TimeSpan.FromSeconds(1);
        for (var passed = second; passed <= time; passed += second)
        {
            Time.Advance(second);
            foreach (var instance in instances)
            {
                if (passed.Ticks % Options.PresenceInterval.Ticks == 0)
                    await QuietAsync(instance.Limits.KeepPresentAsync(CancellationToken.None));
                if (passed.Ticks % Options.RenewInterval.Ticks == 0)
                    await QuietAsync(instance.Limits.RenewAsync(CancellationToken.None));
                if (passed.Ticks % Options.ErasureInterval.Ticks == 0)
                    await QuietAsync(instance.Limits.EraseAsync(CancellationToken.None));
            }
        }
    }

    /// <summary>The rows of totals, by key.</summary>
    public async Task<List<LeaseRow>> TotalsAsync()
    {
        var totals = new List<LeaseRow>();
        await foreach (var row in Memory.QueryAsync(LeaseTables.Limits, TableQuery.AcrossPartitions(TableKeyRange.All, TableKeyRange.Prefix("t."))))
            totals.Add(LeaseRow.Read(row));
        return totals;
    }

    private static async Task QuietAsync(ValueTask turn)
    {
        try
        {
            await turn;
        }
        catch (TableStoreUnavailableException)
        {
        }
    }
}

/// <summary>One instance and its way to the store.</summary>
internal sealed record LimitInstance(LeasedLimits Limits, StormyStore Store)
{
    public ValueTask<ClaimOutcome> ReserveAsync(params Claim[] claims) => Limits.ReserveAsync(claims, CancellationToken.None);

    public async Task<ClaimOutcome> ReserveAsync(LimitModel limit, long amount = 1, double upTo = 1) =>
        await ReserveAsync(new Claim(LimitWorld.Key, limit, amount) { Ceiling = (long)(limit.Amount * upTo) });

    /// <summary>A request that comes and goes; the reason why it was refused, or null.</summary>
    public async Task<LimitRefusalReason?> RequestAsync(LimitModel limit, long amount = 1, long? used = null)
    {
        var outcome = await ReserveAsync(limit, amount);
        outcome.Reservation?.Settle([used ?? amount]);
        return outcome.Refusal?.Reason;
    }

    /// <summary>So many requests, one after the other; how many were let through.</summary>
    public async Task<int> RequestsAsync(LimitModel limit, int count)
    {
        var passed = 0;
        for (var sent = 0; sent < count; sent++)
            passed += await RequestAsync(limit) is null ? 1 : 0;
        return passed;
    }
}
