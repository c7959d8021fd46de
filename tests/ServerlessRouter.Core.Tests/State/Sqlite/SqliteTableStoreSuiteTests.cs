using Microsoft.Extensions.Logging.Abstractions;
using ServerlessRouter.State;
using ServerlessRouter.State.Sqlite;
using ServerlessRouter.Testing.Suites;
using Xunit;

namespace ServerlessRouter.Core.Tests.State.Sqlite;

public sealed class SqliteTableStoreSuiteTests : TableStoreSuite, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private SqliteTableStore? _store;

    /// <summary>UTF-8 would sort the rocket last.</summary>
    [Fact]
    public async Task Query_KeysBeyondTheBasicPlane_AreInOrdinalOrder()
    {
        foreach (var key in new[] { "\uFF5E", "🚀", "z", "é" })
            await InsertAsync("p", key);

        Assert.Equal(["p:z", "p:é", "p:🚀", "p:\uFF5E"], await ReadKeysAsync(TableQuery.All));
        Assert.Equal(["p:🚀", "p:\uFF5E"], await ReadKeysAsync(TableQuery.InPartition("p", TableKeyRange.StartingAt("🚀"))));
    }

    public override async Task DisposeAsync()
    {
        if (_store is not null)
            await _store.DisposeAsync();
    }

    public void Dispose() => _folder.Dispose();

    protected override async Task<ITableStore> CreateStoreAsync() => _store = await SqliteTableStore.OpenAsync(
        new SqliteTableStoreOptions { Folder = _folder.Path }, TimeProvider.System, NullLogger<SqliteTableStore>.Instance);
}
