using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ServerlessRouter.Admission;
using ServerlessRouter.Configuration.Secrets;
using ServerlessRouter.Configuration.Stored;
using ServerlessRouter.Core.Tests.Architecture;
using ServerlessRouter.Core.Tests.Configuration;
using ServerlessRouter.Core.Tests.Keys;
using ServerlessRouter.Http.Admin;
using ServerlessRouter.State.Memory;
using ServerlessRouter.Testing.Chance;
using Xunit;

namespace ServerlessRouter.Core.Tests.Http;

/// <summary>Keys as admins and their holders see them over HTTP.</summary>
public sealed class AdminKeyTests : IAsyncLifetime
{
    private const string AdminKey = "the-admin-s3cret-key";
    private const string TeamKey = "a-team-leads-s3cret-key";
    private const string Path = "v1/admin/keys";

    private readonly MemoryTableStore _tables = new(TimeProvider.System);
    private KeyInstance _instance = null!;
    private HttpServer _server = null!;

    public async Task InitializeAsync()
    {
        var draft = new ConfigurationDraft().Set("adminKeys", $"{{\"team\":{{\"secret\":\"sha256:{KeyHash.Of(TeamKey)}\",\"tiers\":[\"pro\"]}}}}");
        var fleet = new KeyFleet(_tables);
        _instance = await fleet.StartAsync(draft);
        var configurations = new ConfigurationAdministration(new ConfigurationStore(_tables, TimeProvider.System), ConfigurationDraft.Loader(), static _ => Task.CompletedTask, fleet.Audit)
        {
            FindTakenAsync = _instance.Admin.FindTakenAsync,
        };
        var admin = new AdminServices(new AdminGate($"sha256:{KeyHash.Of(AdminKey)}", []), configurations) { Keys = _instance.Admin, Audit = fleet.Audit };
        _server = await HttpServer.StartAsync(_instance.Models.Current, admin: admin, store: _tables);
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Key_IsShownOnceAndCallsUntilItIsDeleted()
    {
        using var made = await SendAsync("POST", Path, """{"name":"search","tier":"pro","metadata":{"ticket":"4711"}}""");
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        var body = await JsonOf(made);
        var (id, key) = ((string)body["id"]!, (string)body["key"]!);

        using var models = await SendAsync("GET", "v1/models", key: key);
        Assert.Equal(HttpStatusCode.OK, models.StatusCode);
        foreach (var path in new[] { Path, $"{Path}/{id}", "v1/admin/audit" })
        {
            using var told = await SendAsync("GET", path);
            var text = await told.Content.ReadAsStringAsync();
            Assert.Contains("search", text, StringComparison.Ordinal);
            Assert.DoesNotContain(key[3..], text, StringComparison.Ordinal);
        }

        using var gone = await SendAsync("DELETE", $"{Path}/{id}");
        Assert.Equal(HttpStatusCode.OK, gone.StatusCode);
        using var refused = await SendAsync("GET", "v1/models", key: key);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.DoesNotContain(key, await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_HasPagesFromTheNewest()
    {
        for (var number = 0; number < 5; number++)
        {
            _server.Time.Advance(TimeSpan.FromSeconds(1));
            (await SendAsync("POST", Path, $$"""{"name":"key-{{number}}"}""")).Dispose();
        }

        var names = new List<string>();
        var after = "";
        for (var hasMore = true; hasMore;)
        {
            using var page = await SendAsync("GET", $"{Path}?limit=2{after}");
            var body = await JsonOf(page);
            names.AddRange(body["data"]!.AsArray().Select(static key => (string)key!["name"]!));
            (hasMore, after) = ((bool)body["has_more"]!, $"&after={(string)body["last_id"]!}");
        }

        Assert.Equal(5, names.Count);
        Assert.Equal(5, names.Distinct().Count());
    }

    [Fact]
    public async Task Rotate_Disable_Enable_DoWhatTheySay()
    {
        using var made = await SendAsync("POST", Path, """{"name":"search"}""");
        var (id, old) = ((string)(await JsonOf(made))["id"]!, (string)(await JsonOf(made))["key"]!);

        using var rotated = await SendAsync("POST", $"{Path}/{id}/rotate", """{"overlapSeconds":3600}""");
        var young = (string)(await JsonOf(rotated))["key"]!;
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK], [await StatusAsync(old), await StatusAsync(young)]);
        (await SendAsync("POST", $"{Path}/{id}/disable")).Dispose();
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(young));
        (await SendAsync("POST", $"{Path}/{id}/enable")).Dispose();
        (await SendAsync("POST", $"{Path}/{id}/rotate")).Dispose();
        Assert.Equal([HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized], [await StatusAsync(old), await StatusAsync(young)]);
    }

    [Fact]
    public async Task Configuration_WithTheNameOfAnIssuedKey_IsNeitherSavedNorActivated()
    {
        var text = Encoding.UTF8.GetString(new ConfigurationDraft().Set("keys.search", $"{{\"secret\":\"sha256:{KeyHash.Of("another-s3cret-key")}\"}}").ToText());
        using var early = await SendAsync("PUT", "v1/admin/configuration", text);
        var version = (string)(await JsonOf(early))["version"]!;
        (await SendAsync("PUT", "v1/admin/configuration", Encoding.UTF8.GetString(ConfigurationDraft.ValidText))).Dispose();
        using var made = await SendAsync("POST", Path, """{"name":"search"}""");
        var id = (string)(await JsonOf(made))["id"]!;

        using var put = await SendAsync("PUT", "v1/admin/configuration", text);
        using var activated = await SendAsync("POST", $"v1/admin/configuration/versions/{version}/activate");

        foreach (var answer in new[] { put, activated })
        {
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            Assert.Contains($"keys.search: has the name of a key that was issued ({id}), and a name belongs to one key", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        (await SendAsync("DELETE", $"{Path}/{id}")).Dispose();
        using var free = await SendAsync("POST", $"v1/admin/configuration/versions/{version}/activate");
        Assert.Equal(HttpStatusCode.OK, free.StatusCode);
    }

    [Theory, InlineData(1), InlineData(3), InlineData(100)]
    public async Task Budgets_OfIssuedKeys_AreListedByPagesAndByKey(int limit)
    {
        for (var number = 0; number < 5; number++)
            (await SendAsync("POST", Path, $$"""{"name":"key-{{number}}","budget":[{"usd":{{number + 1}},"per":"month"},{"usd":0.5,"per":"day"}]}""")).Dispose();
        (await SendAsync("POST", Path, """{"name":"without"}""")).Dispose();

        var listed = new List<(string, string, decimal)>();
        var after = "";
        for (var hasMore = true; hasMore;)
        {
            using var page = await SendAsync("GET", $"v1/admin/budgets?limit={limit}{after}");
            var body = await JsonOf(page);
            Assert.True(body["data"]!.AsArray().Count <= limit);
            listed.AddRange(body["data"]!.AsArray().Select(static budget => ((string)budget!["subject"]!, (string)budget["name"]!, (decimal)budget["budget_usd"]!)));
            (hasMore, after) = ((bool)body["has_more"]!, $"&after={(string?)body["next"]}");
        }

        Assert.Equal(
            Enumerable.Range(0, 5).SelectMany(static number => new[] { ($"key-{number}", "key.budget.day", 0.5m), ($"key-{number}", "key.budget.month", number + 1m) }),
            listed.Order());
        using var one = await SendAsync("GET", $"v1/admin/budgets?limit={limit}&key=key-2");
        Assert.Equal(Math.Min(limit, 2), (await JsonOf(one))["data"]!.AsArray().Count);
        Assert.All((await JsonOf(one))["data"]!.AsArray(), static budget => Assert.Equal("key-2", (string?)budget!["subject"]));
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("keys.")]
    [InlineData("keys.5")]
    [InlineData("keys..x")]
    [InlineData("keys.key%001.0")]
    [InlineData("keys.key_1.-1")]
    [InlineData("99999999999")]
    public async Task Budgets_BehindWhatIsNoPlace_AreRefused(string after)
    {
        using var answer = await SendAsync("GET", $"v1/admin/budgets?after={after}");

        Assert.Equal((HttpStatusCode.BadRequest, "after"), (answer.StatusCode, (string?)(await JsonOf(answer))["error"]!["param"]));
    }

    [Fact]
    public async Task Key_Asked_TellsItsOwnLimits()
    {
        using var made = await SendAsync("POST", Path, """{"name":"search","tier":"pro","requestsPerMinute":7,"budget":{"usd":5,"per":"month"}}""");

        using var answer = await SendAsync("GET", "v1/key", key: (string)(await JsonOf(made))["key"]!);

        var key = (await JsonOf(answer))["data"]!;
        Assert.Equal(("search", "pro", 5m, 0m, "monthly"), ((string?)key["label"], (string?)key["tier"], (decimal)key["limit"]!, (decimal)key["usage"]!, (string?)key["limit_reset"]));
        Assert.Equal([("key.requestsPerMinute", 7m), ("key.budget.month", 5m)], key["limits"]!.AsArray().Select(static limit => ((string)limit!["name"]!, (decimal)limit["limit"]!)));
    }

    [Fact]
    public async Task Audit_TellsWhoWhyAndWhat()
    {
        (await SendAsync("POST", Path, """{"name":"search","tier":"pro"}""", TeamKey, "a new team")).Dispose();
        (await SendAsync("PUT", "v1/admin/configuration", Encoding.UTF8.GetString(ConfigurationDraft.ValidText))).Dispose();

        using var answer = await SendAsync("GET", "v1/admin/audit?action=key");

        var line = Assert.Single((await JsonOf(answer))["data"]!.AsArray());
        Assert.Equal(("team", "key.create", "search", "a new team"), ((string?)line!["who"], (string?)line["action"], (string?)line["subject"], (string?)line["reason"]));
        using var all = await SendAsync("GET", "v1/admin/audit");
        Assert.Contains((await JsonOf(all))["data"]!.AsArray(), static line => (string?)line!["action"] == "configuration.activate" && (string?)line["who"] == "admin");
    }

    [Fact]
    public async Task Tiers_OfAnAdminThatIsBoundToSome_AreThose()
    {
        using var answer = await SendAsync("GET", "v1/admin/tiers", key: TeamKey);

        Assert.Equal(["pro"], (await JsonOf(answer))["data"]!.AsArray().Select(static tier => (string)tier!["name"]!));
    }

    /// <summary>Every endpoint below v1/admin, now and later, as the table of endpoints has them: CVE-2026-12795 was one that had been forgotten.</summary>
    [Fact]
    public async Task EveryAdminEndpoint_RefusesWhoIsNoAdmin()
    {
        using var made = await SendAsync("POST", Path, """{"name":"search"}""");
        var issued = (string)(await JsonOf(made))["key"]!;
        var endpoints = EndpointTable.Create().All.Where(static endpoint => endpoint.Pattern.StartsWith("v1/admin", StringComparison.Ordinal)).ToList();
        Assert.True(endpoints.Count >= 15);
        foreach (var endpoint in endpoints)
        {
            var path = Regex.Replace(endpoint.Pattern, @"\{[^}]*\}", "x");
            foreach (var method in endpoint.Methods)
            {
                foreach (var (key, status) in new[] { (null, HttpStatusCode.Unauthorized), (ConfigurationDraft.CallerSecret, HttpStatusCode.Forbidden), (issued, HttpStatusCode.Forbidden) })
                {
                    using var answer = await SendAsync(method, path, method is "GET" or "HEAD" ? null : "{}", key ?? "");
                    Assert.True(answer.StatusCode == status, $"{method} {path} answers {(int)answer.StatusCode} to {(key is null ? "no key" : "a caller's key")}");
                }

                if (!MayBeAskedByTheRoleKeys(path))
                {
                    using var narrow = await SendAsync(method, path, method is "GET" or "HEAD" ? null : "{}", TeamKey);
                    Assert.True(narrow.StatusCode == HttpStatusCode.Forbidden, $"{method} {path} answers {(int)narrow.StatusCode} to an admin key of the role keys");
                }
            }
        }
    }

    [Theory]
    [InlineData("v1/usage")]
    [InlineData("v1/requests")]
    public async Task Books_OfAllCallers_AreNotForTheRoleKeys(string path)
    {
        using var answer = await SendAsync("GET", path, key: TeamKey);

        Assert.NotEqual(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task TenThousandMalformedRequests_NoneIsAcceptedAndNoneFails()
    {
        using var made = await SendAsync("POST", Path, """{"name":"search","tier":"pro"}""");
        var id = (string)(await JsonOf(made))["id"]!;
        var luck = new SeededRandomSource(15);
        var before = await (await SendAsync("GET", Path)).Content.ReadAsStringAsync();
        for (var turn = 0; turn < 10_000; turn++)
        {
            var (method, path, body) = MalformedKeyRequest.Draw(luck, id);
            using var answer = await SendAsync(method, path, body, AdminKey);
            Assert.True((int)answer.StatusCode is >= 400 and < 500, $"{method} {path} {body} answers {(int)answer.StatusCode}");
            Assert.False(string.IsNullOrEmpty((string?)(await JsonOf(answer))["error"]!["message"]), $"{method} {path} {body}");
        }

        Assert.Equal(before, await (await SendAsync("GET", Path)).Content.ReadAsStringAsync());
    }

    private static bool MayBeAskedByTheRoleKeys(string path) => path.StartsWith(Path, StringComparison.Ordinal) || path is "v1/admin/tiers";

    private async Task<HttpStatusCode> StatusAsync(string key)
    {
        using var answer = await SendAsync("GET", "v1/models", key: key);
        return answer.StatusCode;
    }

    private async Task<HttpResponseMessage> SendAsync(string method, string path, string? body = null, string key = AdminKey, string? reason = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        if (key.Length > 0)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        if (reason is not null)
            request.Headers.Add("x-router-reason", reason);
        return await _server.Client.SendAsync(request);
    }

    private static async Task<JsonNode> JsonOf(HttpResponseMessage answer) => JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
}
