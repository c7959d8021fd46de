using System.ClientModel;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using OpenAI;
using OpenAI.Chat;
using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Testing.Upstreams;
using Xunit;

namespace ServerlessRouter.FunctionalTests.Keys;

/// <summary>A team issues keys over HTTP or from the command line, and its callers use them with OpenAI's client.</summary>
public sealed class IssuedKeyTests : IDisposable
{
    private const string AdminKey = "the-admin-s3cret-key";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("router-keys-");
    private readonly SecretVariable _admin = new(AdminKey);

    public void Dispose()
    {
        _folder.Delete(recursive: true);
        _admin.Dispose();
    }

    [Fact]
    public async Task Key_IssuedOverHttp_CallsFromOpenAisClientOverARestartUntilItIsDisabled()
    {
        await using var upstream = await FakeUpstream.StartAsync();
        upstream.Default(Reply.Text("Hello."));
        var file = new RouterFile().Upstream("mini", upstream).Upstream("large", upstream).Route("auto", ["mini"]).Tier("pro", """{"routes":["auto","large"]}""").ToString();
        string id, key;
        await using (var router = await StartAsync(file))
        {
            var made = await AdminAsync(router, "POST", "v1/admin/keys", """{"name":"search","tier":"pro","routes":["auto"]}""");
            (id, key) = ((string)made["id"]!, (string)made["key"]!);
            Assert.Equal("Hello.", await AskAsync(router, key, "auto"));
        }

        await using var again = await StartAsync(file);
        Assert.Equal("Hello.", await AskAsync(again, key, "auto"));
        var narrow = await Assert.ThrowsAsync<ClientResultException>(() => AskAsync(again, key, "large"));
        Assert.Equal(403, narrow.Status);
        await AdminAsync(again, "POST", $"v1/admin/keys/{id}/disable", null);
        var disabled = await Assert.ThrowsAsync<ClientResultException>(() => AskAsync(again, key, "auto"));
        Assert.Equal(401, disabled.Status);
        Assert.Contains("The key 'search' is disabled", disabled.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(key, disabled.Message, StringComparison.Ordinal);
        Assert.Equal(2, upstream.Books.Answers.Count);
    }

    [Fact]
    public async Task KeyOfTheFile_WithTheSecretOfAnIssuedOne_IsToldOnceWhenTheRouterStarts()
    {
        await using var upstream = await FakeUpstream.StartAsync();
        var file = new RouterFile().Upstream("mini", upstream).Route("auto", ["mini"]);
        string key;
        await using (var router = await StartAsync(file.ToString()))
            key = (string)(await AdminAsync(router, "POST", "v1/admin/keys", """{"name":"search"}"""))["key"]!;
        var path = Path.Combine(_folder.FullName, "router.json");
        await File.WriteAllTextAsync(path, file.Key("team", "env:TEAM_KEY").ToString());

        await using var again = RouterProcess.Start([("TEAM_KEY", key)], "serve", "--config", path, "--data", Path.Combine(_folder.FullName, "data"), "--urls", "http://127.0.0.1:0");
        var printed = await again.ReadUntilAsync("keys.team of the configuration has the same secret as the key 'search' that was issued");
        printed += await again.InterruptAsync();

        Assert.Equal(2, printed.Split("has the same secret").Length);
        Assert.DoesNotContain(key, printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CommandLine_IssuesListsRotatesAndDeletes_OnARunningRouterAndOnAFolder()
    {
        await using var upstream = await FakeUpstream.StartAsync();
        upstream.Default(Reply.Text("Hello."));
        var file = new RouterFile().Upstream("mini", upstream).Route("auto", ["mini"]).ToString();
        string first;
        await using (var router = await StartAsync(file))
        {
            string[] there = ["--url", router.Address.ToString()];
            var made = await RunAsync(["keys", "create", "search", "--tag", "team=search", "--reason", "a new team", "--json", .. there]);
            first = (string)JsonNode.Parse(made.Output)!["key"]!;
            Assert.Equal("Hello.", await AskAsync(router, first, "auto"));
            Assert.Matches(@"search +default +all of its tier +never +enabled", (await RunAsync(["keys", "list", .. there])).Output);
            var rotated = await RunAsync(["keys", "rotate", "search", "--overlap-seconds", "600", .. there]);
            Assert.Contains("cannot be shown again", rotated.Output, StringComparison.Ordinal);
            Assert.Contains("key.rotate", (await RunAsync(["audit", .. there])).Output, StringComparison.Ordinal);
            var unknown = await RouterProcess.RunAsync(Surroundings, ["keys", "show", "nothing", .. there]);
            Assert.Equal(1, unknown.ExitCode);
            Assert.Contains("There is no key 'nothing'", unknown.Error, StringComparison.Ordinal);
            var inUse = await RouterProcess.RunAsync(Surroundings, "keys", "list", "--data", Path.Combine(_folder.FullName, "data"));
            Assert.Equal(1, inUse.ExitCode);
            Assert.Contains("is in use by another process. Where that is the router, leave out --data, and name the router with --url", inUse.Error, StringComparison.Ordinal);
        }

        string[] asleep = ["--data", Path.Combine(_folder.FullName, "data")];
        Assert.Contains("previous_accepted_until", (await RunAsync(["keys", "show", "search", .. asleep])).Output, StringComparison.Ordinal);
        Assert.Contains("is deleted", (await RunAsync(["keys", "delete", "search", .. asleep])).Output, StringComparison.Ordinal);

        await using var restarted = await StartAsync(file);
        Assert.Equal(401, (await Assert.ThrowsAsync<ClientResultException>(() => AskAsync(restarted, first, "auto"))).Status);
    }

    private static RouterSurroundings Surroundings => new() { Variables = [("ROUTER_ADMIN_KEY", AdminKey)] };

    private static async Task<ProcessResult> RunAsync(string[] arguments)
    {
        var run = await RouterProcess.RunAsync(Surroundings, arguments);
        Assert.True(run.ExitCode == 0, $"{string.Join(' ', arguments)}: {run.Output}{run.Error}");
        return run;
    }

    private async Task<RunningRouter> StartAsync(string configuration) => await RunningRouter.StartAsync(configuration, Path.Combine(_folder.FullName, "data"), _admin.Reference);

    private static async Task<JsonNode> AdminAsync(RunningRouter router, string method, string path, string? body)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", AdminKey);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await router.Client.SendAsync(request);
        Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
    }

    private static async Task<string> AskAsync(RunningRouter router, string key, string model)
    {
        var client = new ChatClient(model, new ApiKeyCredential(key), new OpenAIClientOptions { Endpoint = router.OpenAiAddress });
        ChatCompletion answer = await client.CompleteChatAsync("Say hello.");
        return answer.Content[0].Text;
    }
}
