using System.Net;
using System.Text;
using Microsoft.Extensions.Logging;
using ServerlessRouter.Core.Tests.State;
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
}
