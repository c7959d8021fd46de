using System.Net;
using System.Text.Json.Nodes;
using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Testing;
using ServerlessRouter.Testing.Upstreams;
using Xunit;

namespace ServerlessRouter.FunctionalTests.Jobs;

/// <summary>A single request survives the sudden death of its process between two steps, and keeps to its plan whatever the configuration has become meanwhile.</summary>
public sealed class KilledRequestTests : IDisposable
{
    private const string Body = """{"model":"auto","messages":[{"role":"user","content":"Later."}]}""";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("router-killed-request-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Request_KilledWhileItWaitsAndTheRouteIsAnother_IsAnsweredByItsPlanWithOneBill()
    {
        await using var planned = await FakeUpstream.StartAsync();
        await using var other = await FakeUpstream.StartAsync();
        planned.Next(Reply.RateLimited().Header("Retry-After", "2"), Reply.Text("As planned.").Usage(100, 10));
        var file = new RouterFile().Upstream("planned", planned).Upstream("other", other);
        string path;
        await using (var router = await StartAsync(file.Route("auto", ["planned"])))
        {
            var (status, job) = await router.Client.PostAsync("v1/chat/completions", Body, ("Prefer", "respond-async"));
            Assert.Equal(HttpStatusCode.Accepted, status);
            path = $"v1/jobs/{(string)job!["id"]!}";
            await Eventually.HoldsAsync(async () => await AttemptsAsync(router, path) is { Count: 1 }, "the first attempt to be kept");
        }

        await using var restarted = await StartAsync(file.Route("auto", ["other"]));
        var end = await restarted.Client.EndOfAsync(path);

        Assert.Equal("As planned.", (string)end["response"]!["body"]!["choices"]![0]!["message"]!["content"]!);
        // The breaker that came back from the disk may be open a moment longer than the request waits; that is no call.
        Assert.Equal(["rate_limited", "answered"], end["attempts"]!.AsArray().Select(static attempt => (string)attempt!["outcome"]!).Where(static outcome => outcome != "no_deployment"));
        Assert.Equal((2, 0), (planned.Books.Requests.Count, other.Books.Requests.Count));
        Assert.Equal(await planned.BilledUsdAsync(), (decimal)end["usage"]!["cost"]!);
    }

    private static async Task<JsonArray?> AttemptsAsync(KillableRouter router, string path) => (await router.Client.GetAsync(path)).Body!["attempts"]?.AsArray();

    private async Task<KillableRouter> StartAsync(RouterFile file)
    {
        var configuration = Path.Combine(_folder.FullName, "router.json");
        await File.WriteAllTextAsync(configuration, file.ToString());
        return await KillableRouter.StartAsync(configuration, _folder);
    }
}
