using ServerlessRouter.State;
using ServerlessRouter.State.Memory;
using ServerlessRouter.Testing.Suites;

namespace ServerlessRouter.Core.Tests.Governance.Leases;

/// <summary>Limits of a router that keeps nothing.</summary>
public sealed class MemoryLimitLedgerTests : LimitLedgerSuite
{
    public override Task DisposeAsync() => Task.CompletedTask;

    protected override Task<ITableStore> CreateStoreAsync() => Task.FromResult<ITableStore>(new MemoryTableStore(TimeProvider.System));
}
