using Microsoft.Extensions.Logging.Abstractions;
using ServerlessRouter.Configuration;
using ServerlessRouter.Core.Tests.Keys;
using ServerlessRouter.Governance;
using ServerlessRouter.Governance.Leases;
using ServerlessRouter.State.Memory;
using ServerlessRouter.Testing.Diagnostics;
using Xunit;
using Xunit.Abstractions;
using static ServerlessRouter.Core.Tests.Governance.Leases.LimitWorld;

namespace ServerlessRouter.Core.Tests.Governance.Leases;

/// <summary>Many keys with limits: what their counters take, and that a request does not notice the others. Alone, as <see cref="ManyKeysTests"/> are.</summary>
[Collection(nameof(ManyKeysTests))]
public sealed class ManyCountersTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Many = 20_000;
    private const int MaxBytesOfCounter = 600;

    private static readonly LimitModel[] Limits = [LimitWorld.Requests(1_000_000), Tokens(1_000_000_000), Budget(1_000_000_000), Budget(1_000_000_000, LimitWindow.Month)];

    private readonly LeasedLimits _limits = Start();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _limits.DisposeAsync();

    [Fact]
    public void Counters_TakeFewBytes()
    {
        _limits.Charge(ClaimsOf("first"));
        var before = GC.GetTotalMemory(forceFullCollection: true);

        Fill(Many);

        var each = (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)(Many * Limits.Length);
        output.WriteLine($"{each:0} bytes a counter");
        Assert.InRange(each, 1, MaxBytesOfCounter);
    }

    [Fact]
    public async Task Request_AllocatesNoMoreWhereThereAreManyKeys()
    {
        await _limits.KeepPresentAsync(CancellationToken.None);
        var claims = ClaimsOf("asking");
        var alone = await OfRequestAsync(claims);

        Fill(Many);

        Assert.InRange(await OfRequestAsync(claims), 1, alone);
    }

    private async Task<long> OfRequestAsync(Claim[] claims)
    {
        (await _limits.ReserveAsync(claims, CancellationToken.None)).Reservation!.Settle([1, 100, 100, 100]);
        await _limits.RenewAsync(CancellationToken.None);
        return Allocated.Bytes(() => Send(claims));
    }

    private void Send(Claim[] claims)
    {
        Span<LimitStanding> standings = stackalloc LimitStanding[Limits.Length];
        for (var sent = 0; sent < 100; sent++)
        {
            var reserving = SettleAsync(claims);
            Assert.True(reserving.IsCompletedSuccessfully);
            _limits.Look(claims, standings);
        }
    }

    private async Task SettleAsync(Claim[] claims) => (await _limits.ReserveAsync(claims, CancellationToken.None)).Reservation!.Settle([1, 60, 60, 60]);

    private void Fill(int keys)
    {
        for (var number = 0; number < keys; number++)
            _limits.Charge(ClaimsOf($"key-{number}"));
    }

    private static LeasedLimits Start() => new(new MemoryTableStore(TimeProvider.System), new LeaseOptions(), "one", new LimitWorld().Time, NullLogger<LeasedLimits>.Instance);

    private static Claim[] ClaimsOf(string key) => [.. Limits.Select(limit => new Claim(new LimitSubject(SubjectKind.Key, key), limit, 100))];
}
