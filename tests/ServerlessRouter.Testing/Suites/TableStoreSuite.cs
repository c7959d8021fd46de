using ServerlessRouter.State;
using Xunit;

namespace ServerlessRouter.Testing.Suites;

/// <summary>What every <see cref="ITableStore"/> must do; an implementation gets these tests by subclassing.</summary>
public abstract partial class TableStoreSuite : IAsyncLifetime
{
    private ITableStore _store = null!;

    /// <summary>A table of this test's own: an account may be shared.</summary>
    protected string Table { get; } = $"t{Guid.NewGuid():N}";

    protected ITableStore Store => _store;

    public async Task InitializeAsync() => _store = await CreateStoreAsync();

    public abstract Task DisposeAsync();

    /// <summary>A store to test; called once per test.</summary>
    protected abstract Task<ITableStore> CreateStoreAsync();

    protected async Task<string> InsertAsync(string partitionKey, string rowKey, int number = 0)
    {
        var result = await Store.WriteAsync(Table, TableOperation.Insert(Row(partitionKey, rowKey, number)));
        Assert.Equal(TableOutcome.Done, result.Outcome);
        return result.ETag!;
    }

    protected async Task<List<string>> ReadKeysAsync(TableQuery query)
    {
        var keys = new List<string>();
        await foreach (var entity in Store.QueryAsync(Table, query))
            keys.Add($"{entity.PartitionKey}:{entity.RowKey}");
        return keys;
    }

    protected static TableEntity Row(string partitionKey, string rowKey, int number = 0) => new(partitionKey, rowKey) { ["Number"] = number };
}
