using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using ServerlessRouter.Core.Tests.State;
using ServerlessRouter.Jobs;
using ServerlessRouter.Jobs.Storage;
using ServerlessRouter.State;
using ServerlessRouter.State.Memory;
using Xunit;

namespace ServerlessRouter.Core.Tests.Http;

/// <summary>The endpoints of jobs while the storage behind them is down.</summary>
public sealed class JobEndpointTests
{
    [Theory]
    [InlineData("GET", "v1/files")]
    [InlineData("GET", "v1/batches")]
    [InlineData("GET", "v1/jobs/job_0123456789abcdefghjkmn")]
    [InlineData("DELETE", "v1/files/file-0123456789abcdefghjkmn")]
    [InlineData("POST", "v1/chat/completions")]
    public async Task Any_StorageIsDown_Is503AndSaysWhenToComeBack(string method, string path)
    {
        var store = new ScriptedStore(new MemoryTableStore(TimeProvider.System)) { Answer = static _ => throw new TableStoreUnavailableException("down") };
        await using var server = await HttpServer.StartAsync(store: store);
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.Add("Prefer", "respond-async");
        if (method == "POST")
            request.Content = new StringContent("""{"model":"mini","messages":[{"role":"user","content":"x"}]}""", Encoding.UTF8, "application/json");

        using var response = await server.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal("5", response.Headers.GetValues("Retry-After").Single());
        Assert.Contains("temporarily_unavailable", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain(server.Log.Entries, static entry => entry.Level >= LogLevel.Error);
    }

    [Fact]
    public async Task FileContent_IsGoneFromTheStorage_Is404AndSaysWhatToDo()
    {
        var store = new MemoryTableStore(TimeProvider.System);
        await using var server = await HttpServer.StartAsync(store: store);
        var id = await UploadAsync(server, "{}\n");
        await LoseContentAsync(store, id, firstRow: 0);

        using var response = await server.Client.GetAsync(new Uri($"v1/files/{id}/content", UriKind.Relative));

        Assert.Equal((HttpStatusCode.NotFound, "application/json"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        var error = JsonNode.Parse(await response.Content.ReadAsStringAsync())!["error"]!;
        Assert.Equal(("not_found", "id"), ((string?)error["code"], (string?)error["param"]));
        Assert.Contains($"'{id}' is no longer in the router's storage", (string?)error["message"], StringComparison.Ordinal);
        Assert.DoesNotContain(server.Log.Entries, static entry => entry.Level >= LogLevel.Error);
    }

    [Fact]
    public async Task FileContent_LastRowIsGoneFromTheStorage_DoesNotLookWhole()
    {
        var store = new MemoryTableStore(TimeProvider.System);
        await using var server = await HttpServer.StartAsync(store: store);
        var id = await UploadAsync(server, new string('x', JobContent.RowBytes + 1));
        await LoseContentAsync(store, id, firstRow: 1);

        await Assert.ThrowsAsync<HttpRequestException>(() => server.Client.GetByteArrayAsync(new Uri($"v1/files/{id}/content", UriKind.Relative)));
    }

    private static async Task<string> UploadAsync(HttpServer server, string text)
    {
        using var form = new MultipartFormDataContent { { new StringContent("batch"), "purpose" }, { new StringContent(text), "file", "input.jsonl" } };
        using var response = await server.Client.PostAsync(new Uri("v1/files", UriKind.Relative), form);
        return (string)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["id"]!;
    }

    private static async Task LoseContentAsync(MemoryTableStore store, string id, int firstRow)
    {
        await foreach (var row in store.QueryAsync(JobTables.Content, TableQuery.InPartition(id)))
        {
            if (string.CompareOrdinal(row.RowKey, JobContent.Key(firstRow)) >= 0)
                await store.WriteAsync(JobTables.Content, TableOperation.Delete(id, row.RowKey, TableETag.Any));
        }
    }
}
