using System.Text.Json;
using Azure.Storage.Queues.Models;
using Microsoft.Extensions.Logging;
using ServerlessRouter.Configuration;
using ServerlessRouter.Configuration.Loading;
using ServerlessRouter.Functions.Jobs;
using ServerlessRouter.Jobs;
using ServerlessRouter.Jobs.Services;
using ServerlessRouter.Providers;
using ServerlessRouter.State;
using ServerlessRouter.State.Memory;
using ServerlessRouter.Testing.Diagnostics;
using ServerlessRouter.Testing.Time;
using Xunit;

namespace ServerlessRouter.Functions.Tests.Jobs;

public sealed class QueueFunctionsTests : IAsyncLifetime, IDisposable
{
    private const string Good = """{"requests":[{"custom_id":"r-1","body":{"model":"auto","messages":[{"role":"user","content":"Hello"}]}}]}""";

    private readonly LogCollector _log = new();
    private readonly ManualTimeProvider _time = new();
    private RouterServices _router = null!;
    private JobServices _jobs = null!;
    private QueueFunctions _functions = null!;

    public async Task InitializeAsync()
    {
        var builtIn = await new RouterConfigLoader(ProviderKinds.All, []).LoadAsync(BuiltInConfiguration.Read());
        _router = Router(builtIn.Model!, new MemoryTableStore(_time));
        _jobs = JobServices.Over(_router);
        _functions = Functions(_jobs);
    }

    public async Task DisposeAsync()
    {
        await _router.DisposeAsync();
        _jobs.Dispose();
    }

    public void Dispose() => _log.Dispose();

    [Fact]
    public async Task Take_GoodMessage_IsABatchAndNothingElse()
    {
        Assert.Null(await TakeAsync(Good));

        var batch = Assert.Single(await BatchesAsync());
        Assert.Equal(JobStatus.Validating, batch.Status);
        Assert.Empty(_log.AtLeast(LogLevel.Warning));
    }

    [Fact]
    public async Task Take_DeliveredTwice_IsOneBatch()
    {
        await TakeAsync(Good);
        await TakeAsync(Good, deliveries: 2);

        Assert.Single(await BatchesAsync());
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("""{"requests":[]}""")]
    [InlineData("""{"urgent":true,"requests":[{"custom_id":"r-1","body":{}}]}""")]
    public async Task Take_FaultyMessage_GoesToThePoisonQueueAndItsReasonToABatch(string message)
    {
        Assert.Equal(message, await TakeAsync(message));

        var batch = Assert.Single(await BatchesAsync());
        Assert.Equal(JobStatus.Failed, batch.Status);
        Assert.NotEmpty(batch.Problems);
        var entry = Assert.Single(_log.AtLeast(LogLevel.Error));
        Assert.Contains("ended in the poison queue", entry.Message, StringComparison.Ordinal);
        Assert.Contains(batch.Id, entry.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Take_StorageIsDown_IsDeliveredAgain()
    {
        var functions = Functions(JobServices.Over(Router(_router.Models.Current, new DownStore())));

        await Assert.ThrowsAsync<TableStoreUnavailableException>(() => functions.TakeAsync(MessageOf(Good, 1), null!, CancellationToken.None));

        Assert.Empty(_log.AtLeast(LogLevel.Error));
    }

    [Fact]
    public async Task Take_StorageIsDownAtTheLastDelivery_SaysThatItEndsInThePoisonQueue()
    {
        var functions = Functions(JobServices.Over(Router(_router.Models.Current, new DownStore())));

        await Assert.ThrowsAsync<TableStoreUnavailableException>(() => functions.TakeAsync(MessageOf(Good, QueueFunctions.MaxDeliveries), null!, CancellationToken.None));

        Assert.Contains(_log.AtLeast(LogLevel.Error), static entry => entry.Mentions("ended in the poison queue after 5 deliveries"));
    }

    [Fact]
    public void MaxDeliveries_AreTheHosts()
    {
        using var host = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "host.json")));
        var queues = host.RootElement.GetProperty("extensions").GetProperty("queues");

        Assert.Equal(QueueFunctions.MaxDeliveries, queues.GetProperty("maxDequeueCount").GetInt32());
        // Senders write the message as it is in docs/queue.md, and the poison queue shows it so.
        Assert.Equal("none", queues.GetProperty("messageEncoding").GetString());
    }

    private RouterServices Router(RouterModel model, ITableStore store) => RouterServices.Create(new RouterServicesOptions { Models = new RouterModelSource(model), Store = store, Time = _time });

    private QueueFunctions Functions(JobServices jobs) =>
        new(jobs.Queue, new DurableLauncher(_log.CreateLogger<DurableLauncher>()), _log.CreateLogger<QueueFunctions>());

    private Task<string?> TakeAsync(string message, int deliveries = 1) => _functions.TakeAsync(MessageOf(message, deliveries), null!, CancellationToken.None);

    private static QueueMessage MessageOf(string message, int deliveries) => QueuesModelFactory.QueueMessage("message-1", "receipt", BinaryData.FromString(message), deliveries);

    private async Task<IReadOnlyList<Job>> BatchesAsync() => (await _jobs.Desk.ListBatchesAsync(null, null, 10, CancellationToken.None)).Entries;
}
