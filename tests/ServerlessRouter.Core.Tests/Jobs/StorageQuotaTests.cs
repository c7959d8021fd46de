using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;
using ServerlessRouter.Jobs;
using ServerlessRouter.Jobs.Services;
using ServerlessRouter.Recording.Usage;
using ServerlessRouter.State;
using ServerlessRouter.Testing.Models;
using Xunit;

namespace ServerlessRouter.Core.Tests.Jobs;

/// <summary>What a router without a folder lets callers leave with it.</summary>
public sealed class StorageQuotaTests
{
    private const int ValueBytes = 64 * 1024;
    private const int ValuesPerRow = 15;

    /// <summary>Only what deleting files and jobs frees may stand in their way.</summary>
    [Theory]
    [InlineData(JobTables.Content, RouterErrorCode.StorageFull)]
    [InlineData(JobTables.Items, RouterErrorCode.StorageFull)]
    [InlineData(UsageTables.Usage, null)]
    public async Task Refuse_ATableIsFull_CountsWhatCallersLeft(string table, RouterErrorCode? expected)
    {
        var models = new RouterModelSource(new RouterBuilder().Model("mini").Build());
        await using var services = RouterServices.Create(new RouterServicesOptions { Models = models });
        using var jobs = JobServices.Over(services);
        var value = new byte[ValueBytes];
        var values = Enumerable.Range(0, ValuesPerRow).ToDictionary(static place => $"Bytes{place}", _ => (TableValue)value);
        for (var row = 0; row <= models.Current.MaxMemoryBytes / (ValueBytes * ValuesPerRow); row++)
            await services.Store.WriteAsync(table, TableOperation.Insert(new TableEntity("p", $"r{row}") { Properties = values }));

        await using var upload = jobs.Files.Begin("team");

        Assert.Equal(expected, upload.Refuse(1)?.Code);
    }
}
