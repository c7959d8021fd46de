using ServerlessRouter.State;
using ServerlessRouter.State.Memory;
using ServerlessRouter.Testing.Suites;

namespace ServerlessRouter.Core.Tests.State;

public sealed class MemoryTableStoreTests : TableStoreSuite
{
    public override Task DisposeAsync() => Task.CompletedTask;

    protected override Task<ITableStore> CreateStoreAsync() => Task.FromResult<ITableStore>(new MemoryTableStore(TimeProvider.System));
}
