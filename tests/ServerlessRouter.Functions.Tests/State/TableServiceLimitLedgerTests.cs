using Azure.Data.Tables;
using ServerlessRouter.Functions.State;
using ServerlessRouter.State;
using ServerlessRouter.Testing.Suites;
using Xunit;

namespace ServerlessRouter.Functions.Tests.State;

/// <summary>Limits over tables of Azure Storage, against Azurite.</summary>
public sealed class TableServiceLimitLedgerTests(Azurite azurite) : LimitLedgerSuite, IClassFixture<Azurite>
{
    private string? _connectionString;

    public override Task DisposeAsync() => _connectionString is null ? Task.CompletedTask : new TableServiceClient(_connectionString).DeleteTableAsync(Table);

    protected override async Task<ITableStore> CreateStoreAsync()
    {
        _connectionString = await azurite.ConnectAsync();
        return new TableServiceStore(new TableServiceClient(_connectionString));
    }
}
