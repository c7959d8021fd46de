using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.LocalHost;
using ServerlessRouter.Testing;
using ServerlessRouter.Testing.Upstreams;
using Xunit;

namespace ServerlessRouter.FunctionalTests;

/// <summary>What the dashboard asks of a router that works: how deployments do, and recorded decisions made again.</summary>
public sealed class DashboardDataTests : IAsyncLifetime
{
    private const string AdminKey = "sk-the-admin";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("router-dashboard-");
    private readonly SecretVariable _admin = new(AdminKey);
    private FakeUpstream _good = null!;
    private FakeUpstream _bad = null!;
    private LocalRouter _router = null!;
    private HttpClient _client = null!;

    public async Task InitializeAsync()
    {
        (_good, _bad) = (await FakeUpstream.StartAsync(), await FakeUpstream.StartAsync());
        _good.Default(Reply.Text("Well, hello."));
        _bad.Default(Reply.Body("""{"error":{"message":"broken"}}""", "application/json", 500));
        _router = await LocalRouter.StartAsync(new LocalRouterOptions { DataPath = Path.Combine(_folder.FullName, "data"), AdminKey = _admin.Reference, Urls = "http://127.0.0.1:0", LogLevel = LogLevel.None });
        _client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{_router.Address.Port}/"), Timeout = Patience.Limit };
        await ConfigureAsync("""["bad", "good"]""");
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _router.DisposeAsync();
        await _good.DisposeAsync();
        await _bad.DisposeAsync();
        _admin.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Health_OfADeploymentThatFails_TellsSinceWhenAndWhy()
    {
        for (var turn = 0; turn < 6; turn++)
            await AskAsync($"turn-{turn}");

        var deployments = (await GetAsync("v1/admin/health"))["data"]!.AsArray().ToDictionary(static deployment => (string)deployment!["model"]!, static deployment => deployment!);

        Assert.Equal(("open", "outage", 0d), ((string?)deployments["bad"]["state"], (string?)deployments["bad"]["cause"], (double)deployments["bad"]["success_rate"]!));
        Assert.NotNull(deployments["bad"]["until"]);
        Assert.Equal(("closed", null, 1d), ((string?)deployments["good"]["state"], (string?)deployments["good"]["cause"], (double)deployments["good"]["success_rate"]!));
        Assert.True((double)deployments["good"]["latency_ms"]! > 0);
        Assert.Equal(0, (int)deployments["good"]["in_flight"]!);
    }

    [Fact]
    public async Task Decision_MadeAgain_FollowsTheConfigurationOfToday()
    {
        await AskAsync("before");
        await Eventually.HoldsAsync(async () => (string?)(await GetAsync("v1/requests/before"))["object"] == "request", "the record");

        var same = await PostAsync("v1/requests/before/route");
        await ConfigureAsync("""["good"]""");
        var other = await PostAsync("v1/requests/before/route");

        Assert.True((bool)same["same"]!);
        Assert.False((bool)other["same"]!);
        Assert.Equal(["bad", "good"], other["recorded"]!["plan"]!["candidates"]!.AsArray().Select(static name => (string)name!));
        Assert.Equal(["good"], other["now"]!["candidates"]!.AsArray().Select(static candidate => (string)candidate!["model"]!));
        Assert.NotEqual((string?)other["recorded"]!["config_version"], (string?)other["now"]!["config_version"]);
        Assert.Single(_good.Books.Requests);
    }

    [Fact]
    public async Task Decision_OfAListOfModelsMadeAgain_IsOfTheSameList()
    {
        await AskAsync("listed", """ "models":["good","bad"] """);
        await Eventually.HoldsAsync(async () => (string?)(await GetAsync("v1/requests/listed"))["object"] == "request", "the record");

        var again = await PostAsync("v1/requests/listed/route");

        Assert.True((bool)again["same"]!, again.ToJsonString());
        Assert.Equal(["good", "bad"], again["recorded"]!["requested_models"]!.AsArray().Select(static name => (string)name!));
        Assert.Equal(["good", "bad"], again["now"]!["candidates"]!.AsArray().Select(static candidate => (string)candidate!["model"]!));
    }

    [Fact]
    public async Task Requests_Filtered_AreThoseThatFailedOver()
    {
        await AskAsync("failed-over");
        await Eventually.HoldsAsync(async () => (string?)(await GetAsync("v1/requests/failed-over"))["object"] == "request", "the record");

        Assert.Single((await GetAsync("v1/requests?model=bad"))["data"]!.AsArray());
        Assert.Empty((await GetAsync("v1/requests?status=error"))["data"]!.AsArray());
    }

    private async Task ConfigureAsync(string candidates)
    {
        var file = new RouterFile().Upstream("good", _good, "{}").Upstream("bad", _bad, "{}").Route("auto", JsonNode.Parse(candidates)!.AsArray().Select(static name => (string)name!).ToArray()).Records(30);
        using var request = new HttpRequestMessage(HttpMethod.Put, "v1/admin/configuration") { Content = new StringContent(file.ToString(), Encoding.UTF8, "application/json") };
        request.Headers.Add("x-api-key", AdminKey);
        using var answer = await _client.SendAsync(request);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    private async Task AskAsync(string id, string models = """ "model":"auto" """)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/chat/completions") { Content = new StringContent($$"""{{{models}},"messages":[{"role":"user","content":"Hi"}]}""", Encoding.UTF8, "application/json") };
        request.Headers.Add("x-request-id", id);
        using var answer = await _client.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private Task<JsonNode> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    private Task<JsonNode> PostAsync(string path) => SendAsync(HttpMethod.Post, path);

    private async Task<JsonNode> SendAsync(HttpMethod method, string path)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Add("x-api-key", AdminKey);
        using var answer = await _client.SendAsync(request);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
    }
}
