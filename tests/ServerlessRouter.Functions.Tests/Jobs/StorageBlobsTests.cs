using System.Text;
using Azure;
using Azure.Storage.Blobs;
using Microsoft.Extensions.Configuration;
using ServerlessRouter.Functions.Jobs;
using ServerlessRouter.Functions.State;
using ServerlessRouter.Functions.Tests.State;
using Xunit;

namespace ServerlessRouter.Functions.Tests.Jobs;

/// <summary>Against Azurite, over real sockets.</summary>
public sealed class StorageBlobsTests : IAsyncLifetime
{
    private BlobServiceClient _service = null!;
    private StorageBlobs _blobs = null!;

    public async Task InitializeAsync()
    {
        await Azurite.BlobsStartedAsync();
        _service = BlobServiceConnection.Open(new ConfigurationBuilder().AddInMemoryCollection([new("AzureWebJobsStorage", Azurite.ConnectionString)]).Build());
        foreach (var container in (string[])[StorageBlobs.InputContainer, StorageBlobs.OutputContainer])
            await _service.GetBlobContainerClient(container).CreateIfNotExistsAsync();
        _blobs = new StorageBlobs(_service);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Open_BlobIsThere_IsItsContent()
    {
        await _service.GetBlobContainerClient(StorageBlobs.InputContainer).UploadBlobAsync("night/one.jsonl", BinaryData.FromString("lines"));

        using var reader = new StreamReader((await _blobs.OpenAsync("night/one.jsonl", CancellationToken.None))!);

        Assert.Equal("lines", await reader.ReadToEndAsync());
    }

    [Fact]
    public async Task Open_NoBlob_IsNothing() => Assert.Null(await _blobs.OpenAsync("no/such.jsonl", CancellationToken.None));

    [Fact]
    public async Task Write_Twice_IsTheSecondWhole()
    {
        await _blobs.WriteAsync("out/a.jsonl", PiecesOf("a long first content"), CancellationToken.None);
        await _blobs.WriteAsync("out/a.jsonl", PiecesOf("second"), CancellationToken.None);

        var written = await _service.GetBlobContainerClient(StorageBlobs.OutputContainer).GetBlobClient("out/a.jsonl").DownloadContentAsync();
        Assert.Equal("second", written.Value.Content.ToString());
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(429, true)]
    [InlineData(503, true)]
    [InlineData(403, false)]
    [InlineData(404, false)]
    public void IsOutage_OfARefusedCall_TellsWhatWaitingMendsFromWhatAPersonDoes(int status, bool expected) =>
        Assert.Equal(expected, StorageBlobs.IsOutage(new RequestFailedException(status, "x"), CancellationToken.None));

    [Theory]
    [InlineData("../secrets")]
    [InlineData("/etc/passwd")]
    public async Task AnyMember_NameThatLeadsElsewhere_IsABugOfTheCaller(string name) =>
        await Assert.ThrowsAsync<ArgumentException>(async () => await _blobs.OpenAsync(name, CancellationToken.None));

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> PiecesOf(string text)
    {
        foreach (var letter in text)
        {
            await Task.Yield();
            yield return Encoding.UTF8.GetBytes([letter]);
        }
    }
}
