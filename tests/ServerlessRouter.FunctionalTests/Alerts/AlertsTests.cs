using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Testing;
using ServerlessRouter.Testing.Upstreams;
using Xunit;

namespace ServerlessRouter.FunctionalTests.Alerts;

/// <summary>A vendor refuses the router's key: the owner's server and a Slack channel are told once, over restarts, and an admin takes note by the command line.</summary>
public sealed class AlertsTests : IAsyncLifetime
{
    private const string AdminKey = "sk-the-admin";
    private const string VendorKey = "vendor-s3cret-planted-0001";
    private const string Prompt = "planted-pr0mpt-0002";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("router-alerts-");
    private readonly SecretVariable _admin = new(AdminKey);
    private readonly SecretVariable _vendorKey = new(VendorKey);
    private readonly SecretVariable _signing = new("a-secret-to-sign-with");
    private readonly ConcurrentQueue<(string Path, string Body)> _told = new();
    private WebApplication _receiver = null!;
    private SecretVariable _slack = null!;
    private FakeUpstream _vendor = null!;

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        _receiver = builder.Build();
        _receiver.Urls.Add("http://127.0.0.1:0");
        _receiver.MapPost("/{place}", async (HttpContext http, string place) =>
        {
            using var reader = new StreamReader(http.Request.Body);
            _told.Enqueue((place, await reader.ReadToEndAsync()));
        });
        await _receiver.StartAsync();
        _slack = new SecretVariable($"{_receiver.Urls.First()}/slack");
        _vendor = await FakeUpstream.StartAsync();
        _vendor.Default(Reply.Body("""{"error":{"message":"Bad key","type":"invalid_request_error","code":"invalid_api_key"}}""", "application/json", 401));
    }

    public async Task DisposeAsync()
    {
        await _receiver.DisposeAsync();
        await _vendor.DisposeAsync();
        foreach (var secret in new[] { _admin, _vendorKey, _signing, _slack })
            secret.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Vendor_RefusesTheKey_IsToldOnceEachOverARestartAndCanBeNoted()
    {
        var file = new RouterFile().Provider("vendor", _vendor.OpenAiAddress, settingsJson: $$"""{"credential":"{{_vendorKey.Reference}}"}""").Model("mini", ["vendor"]).Route("auto", ["mini"])
            .Section("webhooks", $$"""{"secret":"{{_signing.Reference}}","privateHosts":["127.0.0.1"]}""")
            .Section("alerts", $$"""{"webhooks":[{"url":"{{_receiver.Urls.First()}}/owner"},{"url":"{{_slack.Reference}}","format":"slack"},{"url":"{{_receiver.Urls.First()}}/budgets","events":["budget"]}],"groupSeconds":0}""").ToString();
        var data = Path.Combine(_folder.FullName, "data");
        string id;
        await using (var router = await RunningRouter.StartAsync(file, data, _admin.Reference))
        {
            await AskAsync(router);
            // The end of the router takes the last turn of what looks what is wrong.
        }

        await using (var router = await RunningRouter.StartAsync(file, data, _admin.Reference))
        {
            await AskAsync(router);
            var alert = (await AlertsAsync(router))[0]!;
            id = (string)alert["id"]!;
            Assert.Equal(("breaker", "critical"), ((string)alert["type"]!, (string)alert["severity"]!));
            Assert.DoesNotContain(VendorKey, alert.ToJsonString(), StringComparison.Ordinal);
            var run = await RouterProcess.RunAsync(Surroundings, "alerts", "--url", router.Address.ToString());
            Assert.Contains(id, run.Output, StringComparison.Ordinal);
            run = await RouterProcess.RunAsync(Surroundings, "alerts", "acknowledge", id, "--url", router.Address.ToString(), "--reason", "I have written to them");
            Assert.Equal((0, $"{id} is noted by admin."), (run.ExitCode, run.Output.Trim()));
            run = await RouterProcess.RunAsync(Surroundings, "alerts", "--all", "--json", "--url", router.Address.ToString());
            Assert.Equal("admin", (string?)JsonNode.Parse(run.Output)!["data"]![0]!["acknowledged"]!["by"]);
            await Eventually.HoldsAsync(() => _told.Count >= 2, "both receivers to be told");
        }

        Assert.Equal(["owner", "slack"], _told.Select(static told => told.Path).Order());
        Assert.All(_told, static told => Assert.True(!told.Body.Contains(VendorKey, StringComparison.Ordinal) && !told.Body.Contains(Prompt, StringComparison.Ordinal)));
        Assert.Equal(id, (string?)JsonNode.Parse(_told.First(static told => told.Path == "owner").Body)!["id"]);
    }

    private static RouterSurroundings Surroundings => new() { Variables = [("ROUTER_ADMIN_KEY", AdminKey)] };

    private static async Task AskAsync(RunningRouter router)
    {
        using var content = new StringContent($$"""{"model":"auto","messages":[{"role":"user","content":"{{Prompt}}"}]}""", System.Text.Encoding.UTF8, "application/json");
        using var answer = await router.Client.PostAsync(new Uri(router.Address, "v1/chat/completions"), content);
        Assert.False(answer.IsSuccessStatusCode);
    }

    private static async Task<JsonArray> AlertsAsync(RunningRouter router) =>
        (await router.GetAsync("v1/admin/alerts", ("x-api-key", AdminKey))).Json["data"]!.AsArray();
}
