using Azure.Core.Pipeline;
using Azure.Data.Tables;
using ServerlessRouter.Functions.State;
using ServerlessRouter.State;
using ServerlessRouter.Testing.Suites;
using Xunit;

namespace ServerlessRouter.Functions.Tests.State;

/// <summary>The suite of every store, against Azurite over real sockets.</summary>
public sealed class TableServiceStoreTests(Azurite azurite) : TableStoreSuite, IClassFixture<Azurite>
{
    private string? _connectionString;

    public override Task DisposeAsync() => _connectionString is null ? Task.CompletedTask : new TableServiceClient(_connectionString).DeleteTableAsync(Table);

    /// <summary>Azurite does not count what a merge adds up to; the service does, and this is its answer.</summary>
    [SkippableFact]
    public override async Task Entity_MergeBeyondTwoHundredFiftyTwoProperties_IsAnArgumentExceptionAndChangesNothing()
    {
        var store = new TableServiceStore(new TableServiceClient(_connectionString, new TableClientOptions { Transport = new HttpClientTransport(new RefusingTableService("TooManyProperties")) }));

        var breach = await Assert.ThrowsAnyAsync<ArgumentException>(async () => await store.WriteAsync(Table, TableOperation.UpsertMerge(Row("p", "r"))));

        Assert.Contains("TooManyProperties", breach.Message, StringComparison.Ordinal);
    }

    protected override async Task<ITableStore> CreateStoreAsync()
    {
        _connectionString = await azurite.ConnectAsync();
        return new TableServiceStore(new TableServiceClient(_connectionString));
    }
}
