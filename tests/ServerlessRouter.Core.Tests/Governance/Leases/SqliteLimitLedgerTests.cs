using Microsoft.Extensions.Logging.Abstractions;
using ServerlessRouter.Core.Tests.State.Sqlite;
using ServerlessRouter.State;
using ServerlessRouter.State.Sqlite;
using ServerlessRouter.Testing.Suites;

namespace ServerlessRouter.Core.Tests.Governance.Leases;

/// <summary>Limits over the store of one machine.</summary>
public sealed class SqliteLimitLedgerTests : LimitLedgerSuite, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private SqliteTableStore? _store;

    public override async Task DisposeAsync()
    {
        if (_store is not null)
            await _store.DisposeAsync();
    }

    public void Dispose() => _folder.Dispose();

    protected override async Task<ITableStore> CreateStoreAsync() => _store = await SqliteTableStore.OpenAsync(
        new SqliteTableStoreOptions { Folder = _folder.Path }, TimeProvider.System, NullLogger<SqliteTableStore>.Instance);
}
