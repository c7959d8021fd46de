using System.ClientModel;
using System.ClientModel.Primitives;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using OpenAI;
using OpenAI.Chat;
using ServerlessRouter.FunctionalTests.Governance;
using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Testing.Upstreams;
using Xunit;

namespace ServerlessRouter.FunctionalTests.Keys;

/// <summary>A key that was issued with a budget, used with OpenAI's client: what it has spent stays spent, whatever becomes of the key.</summary>
public sealed class IssuedKeyBudgetTests : IAsyncLifetime
{
    private const string AdminKey = "the-admin-s3cret-key";

    /// <summary>What one answer of the vendor costs: 100 tokens of a prompt and 25 of an answer.</summary>
    private const decimal CostUsd = 0.0002m;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("router-key-budgets-");
    private readonly SecretVariable _admin = new(AdminKey);
    private readonly MinuteClock _clock = new();
    private FakeUpstream _upstream = null!;
    private RunningRouter _router = null!;

    public async Task InitializeAsync()
    {
        _upstream = await FakeUpstream.StartAsync();
        _upstream.Default(Reply.Text("Hello.").Usage(100, 25));
        await StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _router.DisposeAsync();
        await _upstream.DisposeAsync();
        _admin.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Budget_IsSpentRaisedAndSpentAgain_OverARestart()
    {
        var (id, key) = await IssueAsync($$"""{"name":"search","tier":"free","budget":[{"usd":{{CostUsd}},"per":"month"}]}""");
        Assert.Equal("Hello.", await AskAsync(key));
        await AssertSpentAsync(key, "key.budget.month");

        await AdminAsync("PATCH", $"v1/admin/keys/{id}", $$"""{"budget":{"usd":{{CostUsd * 2}},"per":"month"} }""");
        Assert.Equal("Hello.", await AskAsync(key));
        await AssertSpentAsync(key, "key.budget.month");
        await _router.DisposeAsync();
        await StartAsync();
        await AssertSpentAsync(key, "key.budget.month");

        var budget = Assert.Single((await AdminAsync("GET", "v1/admin/budgets?key=search"))["data"]!.AsArray(), static budget => (string?)budget!["name"] == "key.budget.month")!;
        Assert.Equal((CostUsd * 2, CostUsd * 2), ((decimal)budget["spent_usd"]!, (decimal)budget["budget_usd"]!));
        Assert.Equal(2, _upstream.Books.Requests.Count);
    }

    [Fact]
    public async Task OtherTier_KeepsWhatTheKeyHasSpent()
    {
        var (id, key) = await IssueAsync("""{"name":"search","tier":"free"}""");
        await AskAsync(key);
        await AskAsync(key);

        await AdminAsync("PATCH", $"v1/admin/keys/{id}", """{"tier":"small"}""");
        await AssertSpentAsync(key, "budget.month");

        await AdminAsync("PATCH", $"v1/admin/keys/{id}", """{"tier":"free"}""");
        Assert.Equal("Hello.", await AskAsync(key));
    }

    [Fact]
    public async Task Deleted_AndIssuedAnewUnderItsName_GoesOnWithWhatWasSpent()
    {
        var terms = $$"""{"name":"search","tier":"free","budget":[{"usd":{{CostUsd}},"per":"month"}]}""";
        var (id, first) = await IssueAsync(terms);
        await AskAsync(first);
        await AdminAsync("DELETE", $"v1/admin/keys/{id}");

        var (_, second) = await IssueAsync(terms);

        await AssertSpentAsync(second, "key.budget.month");
        _clock.Jump(TimeSpan.FromDays(31));
        Assert.Equal("Hello.", await AskAsync(second));
    }

    private async Task StartAsync()
    {
        var file = new RouterFile().Upstream("mini", _upstream).Route("auto", ["mini"])
            .Tier("free", """{ "budget": { "usd": 1, "per": "month" } }""").Tier("small", $$"""{ "budget": [{ "usd": {{CostUsd * 2}}, "per": "month" }] }""");
        _router = await RunningRouter.StartAsync(file.ToString(), Path.Combine(_folder.FullName, "data"), _admin.Reference, _clock);
    }

    private async Task<(string Id, string Key)> IssueAsync(string terms)
    {
        var made = await AdminAsync("POST", "v1/admin/keys", terms);
        return ((string)made["id"]!, (string)made["key"]!);
    }

    private async Task AssertSpentAsync(string key, string limit)
    {
        var refused = await Assert.ThrowsAsync<ClientResultException>(() => AskAsync(key));
        Assert.Equal(429, refused.Status);
        Assert.Contains("insufficient_quota", refused.Message, StringComparison.Ordinal);
        Assert.Contains($"'{limit}'", refused.Message, StringComparison.Ordinal);
    }

    private async Task<string> AskAsync(string key)
    {
        var client = new ChatClient("auto", new ApiKeyCredential(key), new OpenAIClientOptions { Endpoint = _router.OpenAiAddress, RetryPolicy = new ClientRetryPolicy(0) });
        ChatCompletion answer = await client.CompleteChatAsync("Say hello.");
        return answer.Content[0].Text;
    }

    private async Task<JsonNode> AdminAsync(string method, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", AdminKey);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await _router.Client.SendAsync(request);
        Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
    }
}
