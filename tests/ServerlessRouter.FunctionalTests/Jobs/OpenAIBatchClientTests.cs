using System.ClientModel;
using System.Text;
using System.Text.Json.Nodes;
using OpenAI;
using OpenAI.Files;
using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Testing.Upstreams;
using Xunit;

#pragma warning disable OPENAI001 // The client's batches are marked as experimental.

namespace ServerlessRouter.FunctionalTests.Jobs;

/// <summary>The OpenAI .NET client's files and batches work unchanged: another base URL, nothing else.</summary>
public sealed class OpenAIBatchClientTests
{
    [Fact]
    public async Task Batch_FromFileToAnswers()
    {
        await using var upstream = await FakeUpstream.StartAsync();
        await using var router = await RunningRouter.StartAsync(new RouterFile().Upstream("mini", upstream).Route("auto", ["mini"]));
        var client = new OpenAIClient(new ApiKeyCredential("unused"), new OpenAIClientOptions { Endpoint = router.OpenAiAddress });
        var (files, batches) = (client.GetOpenAIFileClient(), client.GetBatchClient());

        OpenAIFile file = await files.UploadFileAsync(BinaryData.FromString(string.Join('\n', JobClient.Lines(3))), "requests.jsonl", FileUploadPurpose.Batch);
        var operation = await batches.CreateBatchAsync(BinaryContent.Create(BinaryData.FromString(JobClient.Order(file.Id))), waitUntilCompleted: false);
        var end = await new JobClient(router.Client).EndOfAsync($"v1/batches/{operation.BatchId}");
        var batch = JsonNode.Parse((await operation.GetBatchAsync(options: null)).GetRawResponse().Content)!;
        BinaryData output = await files.DownloadFileAsync((string)batch["output_file_id"]!);

        Assert.Equal("requests.jsonl", file.Filename);
        Assert.Equal("completed", (string?)end["status"]);
        Assert.Equal(3, Encoding.UTF8.GetString(output).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Contains(await ListAsync(files), listed => listed == file.Id);
        Assert.True((await files.DeleteFileAsync(file.Id)).Value.Deleted);
    }

    private static async Task<List<string>> ListAsync(OpenAIFileClient files) => [.. (await files.GetFilesAsync()).Value.Select(static file => file.Id)];
}
