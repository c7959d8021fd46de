using Microsoft.Extensions.Configuration;
using ServerlessRouter.Functions.State;
using ServerlessRouter.State;
using Xunit;

namespace ServerlessRouter.Functions.Tests.State;

public sealed class UnreachableStoreTests
{
    // Nothing listens on port 1.
    internal const string Nowhere =
        "DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==;TableEndpoint=http://127.0.0.1:1/devstoreaccount1;";

    [Fact]
    public async Task AnyMember_StoreDoesNotAnswer_IsUnavailable()
    {
        var store = new TableServiceStore(TableServiceConnection.Open(Settings(("AzureWebJobsStorage", Nowhere))));

        await Assert.ThrowsAsync<TableStoreUnavailableException>(async () => await store.WriteAsync("table", TableOperation.Insert(new TableEntity("p", "r"))));
        await Assert.ThrowsAsync<TableStoreUnavailableException>(async () => await store.GetAsync("table", "p", "r"));
        await Assert.ThrowsAsync<TableStoreUnavailableException>(async () => await store.QueryPageAsync("table", TableQuery.All));
    }

    [Fact]
    public void Open_NoAccountNamed_SaysWhatToSet()
    {
        var refusal = Assert.Throws<InvalidOperationException>(() => TableServiceConnection.Open(Settings()));

        Assert.Contains("AzureWebJobsStorage__tableServiceUri", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_AccountByName_IsItsTableEndpoint() =>
        Assert.Equal("https://myaccount.table.core.windows.net/", TableServiceConnection.Open(Settings(("AzureWebJobsStorage:accountName", "myaccount"))).Uri.ToString());

    private static IConfigurationRoot Settings(params (string Name, string Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(static setting => setting.Name, static setting => (string?)setting.Value)).Build();
}
