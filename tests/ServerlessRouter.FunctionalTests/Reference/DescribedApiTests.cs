using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using ServerlessRouter.FunctionalTests.Jobs;
using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.LocalHost;
using ServerlessRouter.Testing;
using ServerlessRouter.Testing.Upstreams;
using Xunit;

namespace ServerlessRouter.FunctionalTests.Reference;

/// <summary>Every endpoint answers in the shapes that <c>/openapi.json</c> states.</summary>
public sealed class DescribedApiTests : IAsyncLifetime
{
    private const string AdminKey = "sk-the-admin";

    /// <summary>What is told only where there are callbacks, where no caller is served, where nothing would be called, where keys have tags, and where a request lists models in place of one.</summary>
    private static readonly string[] s_rare = ["Job.callback", "Readiness.reason", "RetriedRoute.error", "Record.tags", "Record.requested_models"];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("router-described-");
    private readonly SecretVariable _admin = new(AdminKey);
    private FakeUpstream _vendor = null!;
    private FakeUpstream _slow = null!;
    private LocalRouter _router = null!;
    private HttpClient _client = null!;
    private DescribedApi _api = null!;

    public async Task InitializeAsync()
    {
        (_vendor, _slow) = (await FakeUpstream.StartAsync(), await FakeUpstream.StartAsync());
        _vendor.Default(static request => request.IsForEmbeddings ? Reply.Vector(0.5f, 0.25f) : Reply.Text("Well, hello."));
        _slow.Default(Reply.Text("Never.").HangAt(ReplyPoint.BeforeHeaders));
        _router = await LocalRouter.StartAsync(new LocalRouterOptions { DataPath = Path.Combine(_folder.FullName, "data"), AdminKey = _admin.Reference, Urls = "http://127.0.0.1:0", LogLevel = LogLevel.None });
        _client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{_router.Address.Port}/"), Timeout = Patience.Limit };
        _api = new DescribedApi(JsonNode.Parse(await _client.GetStringAsync(new Uri("openapi.json", UriKind.Relative)))!);
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _router.DisposeAsync();
        await _vendor.DisposeAsync();
        await _slow.DisposeAsync();
        _admin.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Answers_OfEveryEndpoint_AreWhatIsStated()
    {
        await ConfigureAsync();
        await AskAsync();
        await AskForResponsesAsync();
        await AskForJobsAsync();
        await LookAsync();
        // Last, because from the first key on callers need one.
        await IssueKeysAsync();

        Assert.Empty(_api.NotAnswered);
        var notSeen = _api.NotSeen.Except(s_rare).ToList();
        Assert.True(notSeen.Count == 0, $"Stated, and in no answer: {string.Join(", ", notSeen)}");
    }

    private async Task ConfigureAsync()
    {
        var file = new RouterFile().Upstream("mini", _vendor, """{ "capabilities": ["tools", "json_object"] }""").Upstream("slow", _slow)
            .Upstream("vectors", _vendor, """{ "capabilities": ["embeddings"] }""").Route("auto", ["mini"]).Route("either", ["mini", "slow"]).Records(30)
            .Tier("pro", """{ "routes": ["auto"], "minimumQuality": 0.1 }""");
        var first = await SendAsync("PUT", "v1/admin/configuration", file.ToString(), ("x-api-key", AdminKey));
        var second = await SendAsync("PUT", "v1/admin/configuration", file.Server("""{ "maxConnections": 100 }""").ToString(), ("x-api-key", AdminKey));
        await SendAsync("GET", "v1/admin/configuration", null, ("x-api-key", AdminKey));
        await SendAsync("GET", "v1/admin/configuration", null);
        await SendAsync("GET", "v1/admin/configuration/versions", null, ("x-api-key", AdminKey));
        await SendAsync("GET", $"v1/admin/configuration/versions/{(string)first["version"]!}", null, ("x-api-key", AdminKey));
        await SendAsync("POST", $"v1/admin/configuration/versions/{(string)first["version"]!}/activate", "", ("x-api-key", AdminKey));
        await SendAsync("GET", $"v1/admin/configuration/versions/{(string)first["version"]!}/diff", null, ("x-api-key", AdminKey));
        await SendAsync("POST", $"v1/admin/configuration/versions/{(string)second["version"]!}/activate", "", ("x-api-key", AdminKey));
        await SendAsync("GET", $"v1/admin/configuration/versions/{(string)first["version"]!}/diff", null, ("x-api-key", AdminKey));
    }

    private async Task AskAsync()
    {
        foreach (var path in new[] { "v1/chat/completions", "openai/v1/chat/completions", "openai/deployments/auto/chat/completions?api-version=2024-10-21" })
        {
            await SendAsync("POST", path, """{"model":"auto","messages":[{"role":"user","content":"Hi"}],"metadata":{"a":"b"}}""", ("x-router-metadata", "enabled"));
            await SendAsync("POST", path, """{"model":"auto","stream":true,"messages":[{"role":"user","content":"Hi"}]}""");
        }

        await SendAsync("POST", "v1/chat/completions", """{"model":"nothing","messages":[{"role":"user","content":"Hi"}]}""");
        _vendor.Next(Reply.Call("f", """{"a":1}"""));
        await SendAsync("POST", "v1/chat/completions", """{"model":"auto","messages":[{"role":"user","content":"Hi"}],"tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object"}}}]}""");
        foreach (var path in new[] { "v1/embeddings", "openai/v1/embeddings", "openai/deployments/vectors/embeddings?api-version=2024-10-21" })
        {
            await SendAsync("POST", path, """{"model":"vectors","input":["Hi"]}""");
            await SendAsync("POST", path, """{"model":"vectors","input":"Hi","encoding_format":"base64"}""");
        }

        await SendAsync("POST", "v1/messages", """{"model":"auto","max_tokens":50,"messages":[{"role":"user","content":"Hi"}]}""");
        await SendAsync("POST", "v1/messages", """{"model":"auto","max_tokens":50,"stream":true,"messages":[{"role":"user","content":"Hi"}]}""");
        await SendAsync("POST", "v1/messages", """{"model":"nothing","max_tokens":50,"messages":[{"role":"user","content":"Hi"}]}""");
        await SendAsync("POST", "v1/messages/count_tokens", """{"model":"auto","messages":[{"role":"user","content":"Hi"}]}""");
        await SendAsync("POST", "v1/route", """{"model":"either","messages":[{"role":"user","content":"Hi"}]}""");
        await SendAsync("POST", "v1/route", """{"model":"vectors","input":"Hi"}""");
        _vendor.Next(Reply.Stream("One ", "two.").ErrorAfterChunk(1));
        await SendAsync("POST", "v1/chat/completions", """{"model":"auto","stream":true,"messages":[{"role":"user","content":"Hi"}]}""");
        await SendAsync("POST", "v1/chat/completions", """{"model":"auto","messages":[{"role":"user","content":"Hi"}]}""", ("x-request-id", "graded"));
        await SendAsync("POST", "v1/feedback", """{"request_id":"graded","score":0.8}""");
    }

    private async Task AskForResponsesAsync()
    {
        var kept = await SendAsync("POST", "v1/responses", """{"model":"auto","input":[{"role":"user","content":"Hi"}],"store":true,"metadata":{"a":"b"}}""");
        await SendAsync("POST", "v1/responses", $$"""{"model":"auto","input":"And?","stream":true,"previous_response_id":"{{(string)kept["id"]!}}"}""");
        var queued = await SendAsync("POST", "v1/responses", """{"model":"slow","input":"Long.","background":true}""");
        await SendAsync("POST", "v1/responses", """{"model":"auto","input":"Later."}""", ("Prefer", "respond-async"));
        await SendAsync("POST", "v1/responses", """{"model":"auto","input":"Hi","previous_response_id":"resp_0"}""");
        await SendAsync("GET", $"v1/responses/{(string)queued["id"]!}", null);
        await SendAsync("POST", $"v1/responses/{(string)queued["id"]!}/cancel", "");
        await SendAsync("GET", $"v1/responses/{(string)queued["id"]!}", null);
        await SendAsync("GET", $"v1/responses/{(string)kept["id"]!}", null);
        await SendAsync("GET", $"v1/responses/{(string)kept["id"]!}/input_items", null);
        await SendAsync("DELETE", $"v1/responses/{(string)kept["id"]!}", null);
    }

    private async Task AskForJobsAsync()
    {
        var running = await SendAsync("POST", "v1/chat/completions", """{"model":"slow","messages":[{"role":"user","content":"Hi"}]}""", ("Prefer", "respond-async"));
        await SendAsync("POST", "v1/embeddings", """{"model":"vectors","input":"Hi"}""", ("Prefer", "respond-async"));
        await SendAsync("GET", $"v1/jobs/{(string)running["id"]!}", null);
        await SendAsync("DELETE", $"v1/jobs/{(string)running["id"]!}", null);
        await Eventually.HoldsAsync(async () => (string?)(await SendAsync("GET", $"v1/jobs/{(string)running["id"]!}", null))["status"] == "cancelled", "the job to be cancelled");
        await SendAsync("DELETE", $"v1/jobs/{(string)running["id"]!}", null);
        var input = await UploadAsync("auto");
        await SendAsync("GET", $"v1/files/{input}", null);
        await SendAsync("GET", $"v1/files/{input}/content", null);
        var batch = await SendAsync("POST", "v1/batches", $$$"""{"input_file_id":"{{{input}}}","endpoint":"/v1/chat/completions","completion_window":"24h","metadata":{"a":"b"}}""");
        await Eventually.HoldsAsync(async () => (string?)(await SendAsync("GET", $"v1/batches/{(string)batch["id"]!}", null))["status"] == "completed", "the batch to be completed");
        await SendAsync("GET", $"v1/jobs/{(string)batch["id"]!}", null);
        await SendAsync("POST", $"v1/batches/{(string)batch["id"]!}/cancel", "");
        var slow = await SendAsync("POST", "v1/batches", $$"""{"input_file_id":"{{await UploadAsync("slow")}}","endpoint":"/v1/chat/completions","completion_window":"24h"}""");
        await SendAsync("POST", $"v1/batches/{(string)slow["id"]!}/cancel", "");
        await SendAsync("GET", "v1/batches?limit=1", null);
        await SendAsync("GET", "v1/files?limit=1&purpose=batch", null);
        await SendAsync("DELETE", $"v1/files/{input}", null);
        await SendAsync("DELETE", $"v1/files/{input}", null);
    }

    private async Task LookAsync()
    {
        await SendAsync("GET", "v1/models", null);
        await SendAsync("GET", "openai/v1/models", null);
        await SendAsync("GET", "v1/models/auto", null);
        await SendAsync("GET", "v1/models/mini", null);
        await SendAsync("GET", "v1/models/nothing", null);
        await SendAsync("GET", "v1/usage?group_by=day,model,status", null);
        await SendAsync("GET", "v1/usage?group_by=window,key,tier,route,model,model_asked,deployment,provider,task,tag:team,arm,status&baseline_model=mini&status=200&limit=5", null);
        await Eventually.HoldsAsync(async () => (int?)(await SendAsync("GET", "v1/requests/graded", null))["status"] == 200, "the record of a request");
        await SendAsync("GET", "v1/requests?limit=5", null);
        await SendAsync("POST", "v1/requests/graded/route", "");
        await SendAsync("POST", "v1/requests/none/route", "");
        await SendAsync("GET", "healthz", null);
        await SendAsync("GET", "readyz", null);
        await SendAsync("GET", "openapi.json", null);
    }

    private async Task IssueKeysAsync()
    {
        (string, string)[] admin = [("x-api-key", AdminKey), ("x-router-reason", "a new team")];
        var made = await SendAsync(
            "POST", "v1/admin/keys",
            """
            {"name":"search","tier":"pro","routes":["auto"],"requestsPerMinute":60,"tokensPerMinute":9000,"concurrentRequests":4,"budget":[{"usd":5,"per":"month"}],"expires":"2099-06-30",
             "tags":{"team":"search"},"metadata":{"ticket":"4711"}}
            """,
            admin);
        var (key, path) = ((string)made["key"]!, $"v1/admin/keys/{(string)made["id"]!}");
        await SendAsync("PATCH", path, """{"budget":{"usd":6,"per":"month"}}""", admin);
        await SendAsync("POST", $"{path}/rotate", """{"overlapSeconds":3600}""", admin);
        await SendAsync("GET", "v1/key", null, ("Authorization", $"Bearer {key}"));
        await SendAsync("GET", "v1/admin/budgets?key=search", null, admin);
        await SendAsync("GET", "v1/admin/budgets", null, admin);
        await SendAsync("GET", "v1/admin/health", null, admin);
        await SendAsync("POST", $"{path}/disable", "", admin);
        await SendAsync("POST", $"{path}/enable", "", admin);
        await SendAsync("GET", path, null, admin);
        await SendAsync("GET", "v1/admin/keys", null, admin);
        await AskForAlertsAsync(admin);
        await SendAsync("DELETE", path, null, admin);
        await SendAsync("GET", "v1/admin/audit", null, admin);
        await SendAsync("GET", "v1/admin/tiers", null, admin);
        await SendAsync("POST", "dashboard/login", $$"""{"key":"{{AdminKey}}"}""");
        await SendAsync("GET", "dashboard/session", null);
        await SendAsync("GET", "dashboard", null);
        await SendAsync("GET", "dashboard/app.js", null);
        await SendAsync("POST", "dashboard/login", """{"key":"wrong"}""");
    }

    /// <summary>A budget that is spent at once is one.</summary>
    private async Task AskForAlertsAsync((string, string)[] admin)
    {
        var poor = await SendAsync("POST", "v1/admin/keys", """{"name":"poor","tier":"pro","budget":{"usd":0.000001,"per":"month"}}""", admin);
        await SendAsync("POST", "v1/chat/completions", """{"model":"auto","messages":[{"role":"user","content":"Hi"}]}""", ("Authorization", $"Bearer {(string)poor["key"]!}"));
        var alerts = new JsonArray();
        await Eventually.HoldsAsync(async () => (alerts = (await SendAsync("GET", "v1/admin/alerts?state=all&limit=5", null, admin))["data"]!.AsArray()).Count > 0, "the alert of a budget that is spent");
        var path = $"v1/admin/alerts/{(string)alerts[0]!["id"]!}/acknowledge";
        Assert.Equal("admin", (string?)(await SendAsync("POST", path, "", admin))["acknowledged"]!["by"]);
        await SendAsync("GET", "v1/admin/alerts", null, admin);
        await SendAsync("POST", "v1/admin/alerts/none/acknowledge", "", admin);
    }

    private async Task<string> UploadAsync(string model)
    {
        var line = JobClient.Line("r-1", model: model);
        using var form = new MultipartFormDataContent { { new StringContent("batch"), "purpose" }, { new ByteArrayContent(Encoding.UTF8.GetBytes(line)), "file", "requests.jsonl" } };
        return (string)(await SendAsync("POST", "v1/files", null, form))["id"]!;
    }

    private Task<JsonNode> SendAsync(string method, string path, string? body, params (string Name, string Value)[] headers) =>
        SendAsync(method, path, body, body is null ? null : new StringContent(body, Encoding.UTF8, "application/json"), headers);

    private async Task<JsonNode> SendAsync(string method, string path, string? body, HttpContent? content, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = content };
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        using var response = await _client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        var type = response.Content.Headers.ContentType?.MediaType ?? "";
        _api.Check(method, $"/{path.Split('?')[0]}", body is { Length: > 0 } ? body : null, ((int)response.StatusCode, type, text));
        return type == "application/json" ? JsonNode.Parse(text)! : new JsonObject();
    }
}
