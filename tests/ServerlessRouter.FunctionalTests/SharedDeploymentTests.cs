using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using ServerlessRouter.Configuration;
using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Http.Hosting;
using ServerlessRouter.State;
using ServerlessRouter.State.Memory;
using ServerlessRouter.Testing;
using ServerlessRouter.Testing.Upstreams;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.FunctionalTests;

/// <summary>A server that takes three calls at once, and two routers over one store in front of it.</summary>
public sealed class SharedDeploymentTests : IAsyncLifetime
{
    private const int AtOnce = 3;
    private const int Requests = 12;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("router-shared-");
    private readonly Gate _gate = new();
    private FakeUpstream _upstream = null!;

    public async Task InitializeAsync()
    {
        _upstream = await FakeUpstream.StartAsync();
        _upstream.Default(Reply.Text("Fine.").HoldAt(ReplyPoint.BeforeHeaders, _gate));
        var file = new RouterFile()
            .Provider("vllm", _upstream.OpenAiAddress)
            .Model("local", ["vllm"], $$"""{ "deployments": [{ "provider": "vllm", "concurrentRequests": {{AtOnce}} }] }""")
            .Route("auto", ["local"])
            .Server("""{ "maxWaitSeconds": 60 }""");
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "router.json"), file.ToString());
    }

    public async Task DisposeAsync()
    {
        await _upstream.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task TwoInstances_TogetherSendNoMoreThanItTakes_AndAllAreAnswered(bool isStream)
    {
        var store = new MemoryTableStore(TimeProvider.System);
        await using var one = await StartAsync(store);
        await using var two = await StartAsync(store);
        using var clients = new HttpClient { Timeout = Patience.Limit };
        var answers = Enumerable.Range(0, Requests).Select(number => AskAsync(clients, number % 2 == 0 ? one : two, isStream)).ToList();

        await _gate.WaitForArrivalAsync(AtOnce);
        Assert.Equal(AtOnce, _upstream.Books.MaxAtOnce);
        _gate.Open();

        Assert.All(await Task.WhenAll(answers), static status => Assert.Equal(HttpStatusCode.OK, status));
        Assert.Equal(AtOnce, _upstream.Books.MaxAtOnce);
        Assert.Equal(Requests, _upstream.Books.Requests.Count);
    }

    private static async Task<HttpStatusCode> AskAsync(HttpClient client, WebApplication router, bool isStream)
    {
        using var content = new ByteArrayContent(ChatBodies.For(isStream, "Hello.", "local"));
        content.Headers.ContentType = new("application/json");
        using var response = await client.PostAsync(new Uri(new Uri(router.Urls.First()), "v1/chat/completions"), content);
        Assert.Contains("Fine.", Encoding.UTF8.GetString(await response.Content.ReadAsByteArrayAsync()), StringComparison.Ordinal);
        return response.StatusCode;
    }

    private async Task<WebApplication> StartAsync(ITableStore store)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var configuration = await RouterConfiguration.ReadAsync(Path.Combine(_folder.FullName, "router.json"), AnonymousCallers.Served);
        builder.Services.AddServerlessRouter(configuration, (_, given) => given with { Store = store, IsStoreShared = true });
        var app = builder.Build();
        app.MapServerlessRouter();
        await app.StartAsync();
        return app;
    }
}
