using Microsoft.Extensions.Logging.Abstractions;
using ServerlessRouter.State;
using ServerlessRouter.State.Embedded;
using ServerlessRouter.Testing.Suites;

namespace ServerlessRouter.Core.Tests.State.Embedded;

public sealed class JournaledTableStoreTests : TableStoreSuite, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private EmbeddedTableStore? _store;

    public override async Task DisposeAsync()
    {
        if (_store is not null)
            await _store.DisposeAsync();
    }

    public void Dispose() => _folder.Dispose();

    protected override async Task<ITableStore> CreateStoreAsync() => _store = await EmbeddedTableStore.OpenAsync(
        new EmbeddedTableStoreOptions { Folder = _folder.Path }, TimeProvider.System, NullLogger<EmbeddedTableStore>.Instance);
}
