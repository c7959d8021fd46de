using Azure.Core.Pipeline;
using Azure.Data.Tables;
using ServerlessRouter.Functions.State;
using ServerlessRouter.State;
using ServerlessRouter.Testing.Suites;
using Xunit;

namespace ServerlessRouter.Functions.Tests.State;

/// <summary>The suite of every store, against Azurite over real sockets.</summary>
public sealed class TableServiceStoreTests : TableStoreSuite
{
    public override Task DisposeAsync() => new TableServiceClient(Azurite.ConnectionString).DeleteTableAsync(Table);

    /// <summary>Azurite does not count what a merge adds up to; the service does, and this is its answer.</summary>
    [Fact]
    public override async Task Entity_MergeBeyondTwoHundredFiftyTwoProperties_IsAnArgumentExceptionAndChangesNothing()
    {
        var store = new TableServiceStore(new TableServiceClient(Azurite.ConnectionString, new TableClientOptions { Transport = new HttpClientTransport(new RefusingTableService("TooManyProperties")) }));

        var breach = await Assert.ThrowsAnyAsync<ArgumentException>(async () => await store.WriteAsync(Table, TableOperation.UpsertMerge(Row("p", "r"))));

        Assert.Contains("TooManyProperties", breach.Message, StringComparison.Ordinal);
    }

    protected override async Task<ITableStore> CreateStoreAsync()
    {
        await Azurite.StartedAsync();
        return new TableServiceStore(new TableServiceClient(Azurite.ConnectionString));
    }
}
