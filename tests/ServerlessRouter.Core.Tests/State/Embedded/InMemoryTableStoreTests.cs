using ServerlessRouter.State;
using ServerlessRouter.State.Embedded;
using ServerlessRouter.Testing.Suites;

namespace ServerlessRouter.Core.Tests.State.Embedded;

public sealed class InMemoryTableStoreTests : TableStoreSuite
{
    private readonly EmbeddedTableStore _store = EmbeddedTableStore.InMemory(TimeProvider.System);

    public override async Task DisposeAsync() => await _store.DisposeAsync();

    protected override Task<ITableStore> CreateStoreAsync() => Task.FromResult<ITableStore>(_store);
}
