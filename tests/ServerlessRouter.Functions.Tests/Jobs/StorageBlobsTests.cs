using System.Net;
using System.Text;
using Azure;
using Azure.Core.Pipeline;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Specialized;
using Microsoft.Extensions.Configuration;
using ServerlessRouter.Functions.Jobs;
using ServerlessRouter.Functions.State;
using ServerlessRouter.Functions.Tests.State;
using ServerlessRouter.Jobs;
using ServerlessRouter.State;
using Xunit;

namespace ServerlessRouter.Functions.Tests.Jobs;

/// <summary>Against Azurite, over real sockets.</summary>
public sealed class StorageBlobsTests(Azurite azurite) : IAsyncLifetime, IClassFixture<Azurite>
{
    private string _connectionString = null!;
    private BlobServiceClient _service = null!;
    private StorageBlobs _blobs = null!;

    public async Task InitializeAsync()
    {
        _connectionString = await azurite.ConnectAsync();
        _service = BlobServiceConnection.Open(new ConfigurationBuilder().AddInMemoryCollection([new("AzureWebJobsStorage", _connectionString)]).Build());
        foreach (var container in (string[])[StorageBlobs.InputContainer, StorageBlobs.OutputContainer])
            await _service.GetBlobContainerClient(container).CreateIfNotExistsAsync();
        _blobs = new StorageBlobs(_service);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [SkippableFact]
    public async Task Open_BlobIsThere_IsItsContent()
    {
        await _service.GetBlobContainerClient(StorageBlobs.InputContainer).UploadBlobAsync("night/one.jsonl", BinaryData.FromString("lines"));

        using var reader = new StreamReader((await _blobs.OpenAsync("night/one.jsonl", CancellationToken.None))!);

        Assert.Equal("lines", await reader.ReadToEndAsync());
    }

    [SkippableFact]
    public async Task Open_NoBlob_IsNothing() => Assert.Null(await _blobs.OpenAsync("no/such.jsonl", CancellationToken.None));

    [SkippableFact]
    public async Task Write_Twice_IsTheSecondWhole()
    {
        await _blobs.WriteAsync("out/a.jsonl", PiecesOf("a long first content"), CancellationToken.None);
        await _blobs.WriteAsync("out/a.jsonl", PiecesOf("second"), CancellationToken.None);

        Assert.Equal("second", await TextAsync("out/a.jsonl"));
    }

    [SkippableFact]
    public async Task Write_WhereABlobOfAnotherTypeStands_IsRefusedForGood()
    {
        await _service.GetBlobContainerClient(StorageBlobs.OutputContainer).GetAppendBlobClient("out/log").CreateIfNotExistsAsync();

        var refused = await Assert.ThrowsAsync<BlobRefusedException>(() => _blobs.WriteAsync("out/log", PiecesOf("lines"), CancellationToken.None).AsTask());

        Assert.Contains("InvalidBlobType", refused.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Write_SeveralBlocks_AreInOrderAndWhole()
    {
        var bytes = Blocks(2.5);

        await _blobs.WriteAsync("out/long.jsonl", PiecesOf(bytes, 1_000_000), CancellationToken.None);

        Assert.Equal(bytes, (await ReadAsync("out/long.jsonl")).ToArray());
    }

    [SkippableFact]
    public async Task Write_NoContent_IsAnEmptyBlob()
    {
        await _blobs.WriteAsync("out/empty.jsonl", PiecesOf(""), CancellationToken.None);

        Assert.Empty((await ReadAsync("out/empty.jsonl")).ToArray());
    }

    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Write_ContentBreaksOffMidway_LeavesWhatWasThere(bool isThere)
    {
        var name = $"out/broken-{isThere}.jsonl";
        if (isThere)
            await _blobs.WriteAsync(name, PiecesOf("the night before"), CancellationToken.None);

        var thrown = await Record.ExceptionAsync(async () => await _blobs.WriteAsync(name, BreakingOff(Blocks(1.5)), CancellationToken.None));

        Assert.IsType<TableStoreUnavailableException>(thrown);
        Assert.Equal(isThere ? "the night before" : null, await TextAsync(name));
        // What it has staged is in the way of no other writer.
        await _blobs.WriteAsync(name, PiecesOf("next"), CancellationToken.None);
        Assert.Equal("next", await TextAsync(name));
    }

    [SkippableTheory]
    [InlineData(1, HttpStatusCode.ServiceUnavailable, "ServerBusy")]
    [InlineData(1, HttpStatusCode.Conflict, "ContainerBeingDeleted")]
    [InlineData(2, HttpStatusCode.PreconditionFailed, "LeaseIdMissing")]
    [InlineData(2, HttpStatusCode.BadRequest, "InvalidBlockList")]
    public async Task Write_ServiceIsGoneMidway_LeavesWhatWasThereAndCallsForAnotherTry(int passes, HttpStatusCode status, string errorCode)
    {
        var name = $"out/{errorCode}.jsonl";
        await _blobs.WriteAsync(name, PiecesOf("the night before"), CancellationToken.None);

        await Assert.ThrowsAsync<BlobsUnavailableException>(async () => await Behind(new FaultyBlobService(passes, status, errorCode)).WriteAsync(name, PiecesOf(Blocks(1.5), 1_000_000), CancellationToken.None));

        Assert.Equal("the night before", await TextAsync(name));
    }

    [SkippableTheory]
    [InlineData(HttpStatusCode.NotFound, "ContainerNotFound")]
    [InlineData(HttpStatusCode.Forbidden, "AuthorizationPermissionMismatch")]
    public async Task Write_ContainerOrRoleIsMissing_SaysWhatToMend(HttpStatusCode status, string errorCode)
    {
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(async () => await Behind(new FaultyBlobService(0, status, errorCode)).WriteAsync("out/a.jsonl", PiecesOf("x"), CancellationToken.None));

        Assert.Contains($"({errorCode})", refused.Message, StringComparison.Ordinal);
        Assert.Contains("'batch-output'", refused.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Write_AnotherWritesTheSameBlobMeanwhile_NeverMixesThem()
    {
        var (ones, twos) = (Blocks(1.5), Blocks(1.5).Select(static value => (byte)~value).ToArray());

        await Assert.ThrowsAsync<BlobsUnavailableException>(async () => await _blobs.WriteAsync("out/both.jsonl", OnesWithTwosBetween(), CancellationToken.None));

        Assert.Equal(twos, (await ReadAsync("out/both.jsonl")).ToArray());
        await _blobs.WriteAsync("out/both.jsonl", PiecesOf(ones, 1_000_000), CancellationToken.None);
        Assert.Equal(ones, (await ReadAsync("out/both.jsonl")).ToArray());

        async IAsyncEnumerable<ReadOnlyMemory<byte>> OnesWithTwosBetween()
        {
            const int First = StorageBlobs.BlockBytes + 1;
            yield return ones.AsMemory(0, First);
            await _blobs.WriteAsync("out/both.jsonl", PiecesOf(twos, 1_000_000), CancellationToken.None);
            yield return ones.AsMemory(First);
        }
    }

    [SkippableTheory]
    [InlineData(0, true)]
    [InlineData(409, true)]
    [InlineData(412, true)]
    [InlineData(429, true)]
    [InlineData(503, true)]
    [InlineData(403, false)]
    [InlineData(404, false)]
    public void IsOutage_OfARefusedCall_TellsWhatWaitingMendsFromWhatAPersonDoes(int status, bool expected) =>
        Assert.Equal(expected, StorageBlobs.IsOutage(new RequestFailedException(status, "x"), CancellationToken.None));

    [SkippableTheory]
    [InlineData("../secrets")]
    [InlineData("/etc/passwd")]
    public async Task AnyMember_NameThatLeadsElsewhere_IsABugOfTheCaller(string name) =>
        await Assert.ThrowsAsync<ArgumentException>(async () => await _blobs.OpenAsync(name, CancellationToken.None));

    private StorageBlobs Behind(FaultyBlobService fault) =>
        new(new BlobServiceClient(_connectionString, new BlobClientOptions { Transport = new HttpClientTransport(fault), Retry = { MaxRetries = 0 } }));

    private async Task<BinaryData> ReadAsync(string name) =>
        (await _service.GetBlobContainerClient(StorageBlobs.OutputContainer).GetBlobClient(name).DownloadContentAsync()).Value.Content;

    /// <summary>Null when there is no such blob.</summary>
    private async Task<string?> TextAsync(string name) =>
        await _service.GetBlobContainerClient(StorageBlobs.OutputContainer).GetBlobClient(name).ExistsAsync() ? (await ReadAsync(name)).ToString() : null;

    private static byte[] Blocks(double count) => [.. Enumerable.Range(0, (int)(count * StorageBlobs.BlockBytes)).Select(static place => (byte)(place % 251))];

    private static IAsyncEnumerable<ReadOnlyMemory<byte>> PiecesOf(string text) => PiecesOf(Encoding.UTF8.GetBytes(text), 1);

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> PiecesOf(byte[] bytes, int size)
    {
        foreach (var piece in bytes.Chunk(size))
        {
            await Task.Yield();
            yield return piece;
        }
    }

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> BreakingOff(byte[] bytes)
    {
        await Task.Yield();
        yield return bytes;
        throw new TableStoreUnavailableException("the tables are away");
    }
}
