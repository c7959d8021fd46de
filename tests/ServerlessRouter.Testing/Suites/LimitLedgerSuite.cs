using Microsoft.Extensions.Logging.Abstractions;
using ServerlessRouter.Configuration;
using ServerlessRouter.Governance;
using ServerlessRouter.Governance.Leases;
using ServerlessRouter.State;
using Xunit;

namespace ServerlessRouter.Testing.Suites;

/// <summary>What limits come to over a real store, with real threads and real waits; a store gets these tests by subclassing.</summary>
public abstract class LimitLedgerSuite : IAsyncLifetime
{
    private static readonly LimitSubject Key = new(SubjectKind.Key, "search");
    private static readonly LimitModel Requests = new("requestsPerDay", LimitMeasure.Requests, 100, LimitWindow.Day);
    private static readonly LimitModel Tokens = new("tokensPerDay", LimitMeasure.Tokens, 100_000, LimitWindow.Day);
    private static readonly LimitModel AtOnce = new("concurrentRequests", LimitMeasure.Concurrency, 4, LimitWindow.None);

    // However slow the machine, a request waits for its store and not for the clock.
    private static readonly LeaseOptions Options = new() { GrantWait = TimeSpan.FromSeconds(30), StoreTimeout = TimeSpan.FromSeconds(30) };

    private ITableStore _store = null!;

    public async Task InitializeAsync() => _store = new RenamedTableStore(await CreateStoreAsync(), Table);

    public abstract Task DisposeAsync();

    [SkippableFact]
    public async Task Alone_Burst_ExactlyTheLimitPasses()
    {
        await using var limits = await StartAsync("one");

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 150).Select(_ => Task.Run(() => limits.ReserveAsync([new Claim(Key, Requests, 1)], CancellationToken.None).AsTask())));

        Assert.Equal(100, outcomes.Count(static outcome => outcome.Reservation is not null));
        Assert.All(outcomes.Where(static outcome => outcome.Reservation is null), static outcome => Assert.Equal(LimitRefusalReason.UsedUp, outcome.Refusal!.Reason));
    }

    [SkippableFact]
    public async Task ThreeInstances_EachUseIsCountedOnce()
    {
        LeasedLimits[] instances = [await StartAsync("one"), await StartAsync("two"), await StartAsync("three")];
        foreach (var limits in instances)
            await limits.KeepPresentAsync(CancellationToken.None);

        await Task.WhenAll(instances.Select(limits => Task.Run(async () =>
        {
            for (var sent = 0; sent < 60; sent++)
            {
                var outcome = await limits.ReserveAsync([new Claim(Key, Tokens, 100)], CancellationToken.None);
                Assert.NotNull(outcome.Reservation);
                outcome.Reservation.Settle([70]);
                if (sent % 20 == 0)
                    await limits.RenewAsync(CancellationToken.None);
            }
        })));
        foreach (var limits in instances)
            await limits.DisposeAsync();

        await using var reader = await StartAsync("reader");
        var standing = await reader.ReadAsync(Key, Tokens);
        Assert.Equal((3 * 60 * 70, 0), (standing.Used, standing.Pending));
    }

    [SkippableFact]
    public async Task InstanceThatBegins_FindsWhatIsUsed()
    {
        await using (var before = await StartAsync("one"))
        {
            for (var sent = 0; sent < 60; sent++)
                (await before.ReserveAsync([new Claim(Key, Requests, 1)], CancellationToken.None)).Reservation!.Settle([1]);
        }

        await using var limits = await StartAsync("one");
        var passed = 0;
        for (var sent = 0; sent < 60; sent++)
            passed += (await limits.ReserveAsync([new Claim(Key, Requests, 1)], CancellationToken.None)).Reservation is null ? 0 : 1;

        Assert.Equal(40, passed);
    }

    [SkippableFact]
    public async Task TwoInstances_NoMoreAtOnceThanTheLimit()
    {
        await using var one = await StartAsync("one");
        await using var two = await StartAsync("two");
        await one.KeepPresentAsync(CancellationToken.None);
        List<ILimitReservation> held = [];
        for (var sent = 0; sent < 6; sent++)
        {
            if ((await (sent % 2 == 0 ? one : two).ReserveAsync([new Claim(Key, AtOnce, 1)], CancellationToken.None)).Reservation is { } reservation)
                held.Add(reservation);
        }

        Assert.Equal(4, held.Count);
        foreach (var reservation in held)
            reservation.Settle([0]);
    }

    /// <summary>A table of this test's own: an account may be shared.</summary>
    protected string Table { get; } = $"t{Guid.NewGuid():N}";

    /// <summary>A store to test; called once per test.</summary>
    protected abstract Task<ITableStore> CreateStoreAsync();

    private async Task<LeasedLimits> StartAsync(string instance)
    {
        var limits = new LeasedLimits(_store, Options, instance, TimeProvider.System, NullLogger<LeasedLimits>.Instance);
        await limits.KeepPresentAsync(CancellationToken.None);
        return limits;
    }
}

/// <summary>One table of a store, whatever it is asked for.</summary>
internal sealed class RenamedTableStore(ITableStore store, string name) : ITableStore
{
    public ValueTask<TableWriteResult> WriteAsync(string table, TableOperation operation, CancellationToken cancellationToken = default) => store.WriteAsync(name, operation, cancellationToken);

    public ValueTask<TableTransactionResult> TransactAsync(string table, IReadOnlyList<TableOperation> operations, CancellationToken cancellationToken = default) =>
        store.TransactAsync(name, operations, cancellationToken);

    public ValueTask<TableEntity?> GetAsync(string table, string partitionKey, string rowKey, CancellationToken cancellationToken = default) =>
        store.GetAsync(name, partitionKey, rowKey, cancellationToken);

    public ValueTask<TablePage> QueryPageAsync(string table, TableQuery query, string? continuation = null, CancellationToken cancellationToken = default) =>
        store.QueryPageAsync(name, query, continuation, cancellationToken);
}
