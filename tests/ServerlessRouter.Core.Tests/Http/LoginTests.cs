using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using ServerlessRouter.Admission;
using ServerlessRouter.Chat;
using ServerlessRouter.Configuration;
using ServerlessRouter.Configuration.Secrets;
using ServerlessRouter.Core.Tests.Configuration;
using ServerlessRouter.Core.Tests.Keys;
using ServerlessRouter.Errors;
using ServerlessRouter.Http.Admin;
using ServerlessRouter.Logins;
using ServerlessRouter.State;
using ServerlessRouter.State.Memory;
using ServerlessRouter.Testing.Chance;
using ServerlessRouter.Testing.Models;
using Xunit;

namespace ServerlessRouter.Core.Tests.Http;

/// <summary>The dashboard's sessions as a browser and those who misuse one see them.</summary>
public sealed class LoginTests : IAsyncLifetime, IDisposable
{
    private const string AdminKey = "the-admin-s3cret-key";
    private const string TeamKey = "a-team-leads-s3cret-key";
    private const string Keys = "v1/admin/keys";

    private readonly MemoryTableStore _tables = new(TimeProvider.System);
    private KeyFleet _fleet = null!;
    private KeyInstance _instance = null!;
    private HttpServer _server = null!;

    // Sends the cookies that a test says, and no others.
    private readonly HttpClient _browser = new(new HttpClientHandler { UseCookies = false });

    public async Task InitializeAsync()
    {
        var draft = new ConfigurationDraft().Set("adminKeys", $"{{\"team\":{{\"secret\":\"sha256:{KeyHash.Of(TeamKey)}\",\"role\":\"keys\",\"tiers\":[\"pro\"]}}}}");
        _fleet = new KeyFleet(_tables);
        _instance = await _fleet.StartAsync(draft);
        _server = await StartAsync(AdminKey);
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    public void Dispose() => _browser.Dispose();

    [Fact]
    public async Task CallersKey_OpensASessionThatShowsItsOwn()
    {
        using var answer = await LogInAsync(ConfigurationDraft.CallerSecret);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var session = await JsonOf(answer);
        Assert.Equal(("caller", "team-a", null), ((string?)session["role"], (string?)session["name"], (string?)session["admin_role"]));
        var cookie = answer.Headers.GetValues("Set-Cookie").Single();
        Assert.Matches(@"^router-session-\d+=[A-Za-z0-9_-]{43}; max-age=43200; path=/; samesite=strict; httponly$", cookie);
        foreach (var path in new[] { "v1/usage", "v1/requests", "v1/key", "v1/models" })
            Assert.Equal(HttpStatusCode.OK, await StatusAsync("GET", path, CookieOf(answer)));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync("GET", Keys, CookieOf(answer)));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync("GET", "v1/usage?key=team-b", CookieOf(answer)));
    }

    [Fact]
    public async Task UnknownKey_IsToldSoWithoutAWordOfHeaders()
    {
        using var answer = await LogInAsync("a-gu3ss");

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("This router knows no such key.", (string?)(await JsonOf(answer))["error"]!["message"]);
    }

    [Fact]
    public async Task Session_IsNotRefusedForWrongKeysOfOthersBehindItsAddress()
    {
        using var owner = await LogInAsync(AdminKey);
        for (var turn = 0; turn < WrongKeys.FreeMistakes; turn++)
            Assert.Equal(HttpStatusCode.Unauthorized, await WrongAsync());
        var others = _server.Time.ArmedTimers;
        var held = Enumerable.Range(0, WrongKeys.MaxHeld).Select(_ => WrongAsync()).ToArray();
        await _server.Time.WaitForTimersAsync(others + WrongKeys.MaxHeld);
        Assert.Equal(HttpStatusCode.TooManyRequests, await WrongAsync());

        Assert.Equal(HttpStatusCode.OK, await StatusAsync("GET", Keys, CookieOf(owner)));

        _server.Time.Advance(WrongKeys.MaxDelay);
        await Task.WhenAll(held);

        async Task<HttpStatusCode> WrongAsync()
        {
            using var answer = await SendAsync("GET", Keys, null, null, ("x-api-key", "a-gu3ss"));
            return answer.StatusCode;
        }
    }

    [Fact]
    public async Task AdminsKey_OpensASessionThatChangesKeysUnderItsName()
    {
        using var answer = await LogInAsync(TeamKey);
        var session = await JsonOf(answer);
        Assert.Equal(("admin", "team", "keys"), ((string?)session["role"], (string?)session["name"], (string?)session["admin_role"]));

        using var made = await SendAsync("POST", Keys, CookieOf(answer), """{"name":"search","tier":"pro"}""", ("x-router-csrf", (string)session["csrf"]!));
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync("GET", "v1/admin/configuration", CookieOf(answer)));

        using var owner = await LogInAsync(AdminKey);
        using var audit = await SendAsync("GET", "v1/admin/audit", CookieOf(owner));
        Assert.Equal(("team", "key.create"), ((string?)(await JsonOf(audit))["data"]![0]!["who"], (string?)(await JsonOf(audit))["data"]![0]!["action"]));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task Change_WithoutTheRequestToken_IsRefused(string? sent)
    {
        using var answer = await LogInAsync(AdminKey);

        using var refused = await SendAsync("POST", Keys, CookieOf(answer), """{"name":"search"}""", sent is null ? [] : [("x-router-csrf", sent)]);

        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Contains("x-router-csrf", (string?)(await JsonOf(refused))["error"]!["message"], StringComparison.Ordinal);
        Assert.Empty((await _instance.Admin.ListAsync(AdminModel.Owner, null, 10, CancellationToken.None)).Keys);
    }

    [Theory]
    [InlineData("Origin", "https://evil.example")]
    [InlineData("Origin", "null")]
    [InlineData("Origin", "http://localhost:1")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    public async Task Session_AskedFromAnotherPage_DoesNotCount(string name, string value)
    {
        using var answer = await LogInAsync(AdminKey);

        using var read = await SendAsync("GET", "v1/usage", CookieOf(answer), null, (name, value));
        using var told = await SendAsync("GET", "dashboard/session", CookieOf(answer), null, (name, value));
        using var login = await SendAsync("POST", "dashboard/login", null, $$"""{"key":"{{AdminKey}}"}""", (name, value));

        Assert.All([read, told, login], static refused => Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode));
        Assert.All([read, told, login], static refused => Assert.False(refused.Headers.Contains("Access-Control-Allow-Credentials")));
    }

    [Fact]
    public async Task Cookie_OnWhatCallsModels_CountsForNothing()
    {
        _server.Pipeline.Answer = static (context, _) => Task.FromResult<ChatOutcome>(new ChatOutcome.Failed(CallerIdentity.Find(context.Router, context.Headers, out var caller) ?? RouterError.InvalidRequest(caller!.Name)));
        using var answer = await LogInAsync(ConfigurationDraft.CallerSecret);
        var csrf = (string)(await JsonOf(answer))["csrf"]!;
        foreach (var path in new[] { "v1/chat/completions", "openai/v1/chat/completions", "v1/messages", "v1/responses", "v1/embeddings", "v1/batches", "v1/files", "v1/feedback" })
        {
            using var refused = await SendAsync("POST", path, CookieOf(answer), """{"model":"auto","messages":[]}""", ("x-router-csrf", csrf));
            Assert.True(refused.StatusCode == HttpStatusCode.Unauthorized, $"{path} answers {(int)refused.StatusCode}");
        }
    }

    [Fact]
    public async Task Login_WithACookieThatWasPlanted_DrawsAnother()
    {
        var planted = LoginToken.Draw();
        using var first = await SendAsync("POST", "dashboard/login", $"{NameOf(_server)}={planted.ToCookie()}", $$"""{"key":"{{AdminKey}}"}""");
        Assert.DoesNotContain(planted.ToCookie(), CookieOf(first), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync("GET", "v1/usage", $"{NameOf(_server)}={planted.ToCookie()}"));

        using var second = await SendAsync("POST", "dashboard/login", CookieOf(first), $$"""{"key":"{{AdminKey}}"}""");
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync("GET", "v1/usage", CookieOf(first)));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("GET", "v1/usage", CookieOf(second)));
    }

    [Fact]
    public async Task Login_OverHttps_GivesACookieOfThisHostAlone()
    {
        using var answer = await SendAsync("POST", "dashboard/login", null, $$"""{"key":"{{AdminKey}}"}""", ("X-Forwarded-Proto", "https"));

        Assert.Matches(@"^__Host-router-session-\d+=[A-Za-z0-9_-]{43}; max-age=43200; path=/; secure; samesite=strict; httponly$", answer.Headers.GetValues("Set-Cookie").Single());
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("GET", "v1/usage", CookieOf(answer)));
    }

    [Fact]
    public async Task Cookie_OverHttpsWithoutItsPrefix_DoesNotCount()
    {
        using var answer = await LogInAsync(AdminKey);
        var cookie = CookieOf(answer);
        Assert.DoesNotContain("__Host-", cookie, StringComparison.Ordinal);

        using var plain = await SendAsync("GET", "v1/usage", cookie, null, ("X-Forwarded-Proto", "https"));
        using var told = await SendAsync("GET", "dashboard/session", cookie, null, ("X-Forwarded-Proto", "https"));
        using var prefixed = await SendAsync("GET", "v1/usage", $"__Host-{cookie}", null, ("X-Forwarded-Proto", "https"));

        Assert.Equal([HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized, HttpStatusCode.OK], [plain.StatusCode, told.StatusCode, prefixed.StatusCode]);
    }

    [Fact]
    public async Task Login_ByForm_IsTakenToo()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_server.Client.BaseAddress!, "dashboard/login")) { Content = new FormUrlEncodedContent([new("key", AdminKey)]) };
        using var answer = await _browser.SendAsync(request);

        Assert.Equal("admin", (string?)(await JsonOf(answer))["role"]);
    }

    [Fact]
    public async Task WrongKeys_AreAnsweredLaterEachTime()
    {
        for (var turn = 0; turn < WrongKeys.FreeMistakes; turn++)
        {
            using var refused = await LogInAsync("a-gu3ss");
            Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
            Assert.False(refused.Headers.Contains("Set-Cookie"));
        }

        var held = LogInAsync("a-gu3ss");
        await _server.Time.WaitForTimerDueInAsync(TimeSpan.FromSeconds(0.5));
        Assert.False(held.IsCompleted);
        using var right = await LogInAsync(AdminKey);
        Assert.Equal(HttpStatusCode.OK, right.StatusCode);
        _server.Time.Advance(TimeSpan.FromSeconds(0.5));
        using var last = await held;
        Assert.DoesNotContain("a-gu3ss", await last.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Session_IsKnownToEveryInstanceAndEndsOnAll()
    {
        await using var other = await StartAsync(AdminKey);
        using var answer = await LogInAsync(AdminKey);
        var cookie = CookieOf(answer).Replace(NameOf(_server), NameOf(other), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("GET", "v1/usage", cookie, other));

        using var gone = await SendAsync("POST", "dashboard/logout", CookieOf(answer));
        Assert.Equal(HttpStatusCode.NoContent, gone.StatusCode);
        Assert.Contains("max-age=0", gone.Headers.GetValues("Set-Cookie").Single(), StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync("GET", "v1/usage", CookieOf(answer)));
        other.Time.Advance(LoginBook.Believed);
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync("GET", "v1/usage", cookie, other));
    }

    [Fact]
    public async Task Session_OfAKeyThatIsDisabled_EndsAtOnceAndForGood()
    {
        var (id, secret) = await _instance.IssueAsync("search");
        using var answer = await LogInAsync(secret);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("GET", "v1/usage", CookieOf(answer)));

        await _instance.Admin.SetDisabledAsync(KeyFleet.Owner, id, isDisabled: true, CancellationToken.None);
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync("GET", "v1/usage", CookieOf(answer)));
        await _instance.Admin.SetDisabledAsync(KeyFleet.Owner, id, isDisabled: false, CancellationToken.None);
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync("GET", "v1/usage", CookieOf(answer)));
    }

    [Fact]
    public async Task Session_OfAnAdminKeyThatWasRotated_Ends()
    {
        using var answer = await LogInAsync(AdminKey);
        await using var rotated = await StartAsync("another-admin-s3cret-key");

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync("GET", "v1/usage", CookieOf(answer).Replace(NameOf(_server), NameOf(rotated), StringComparison.Ordinal), rotated));
    }

    [Fact]
    public async Task Session_WhoseKeyCannotBeLookedUpNow_IsAskedForAgainLater()
    {
        string? secret = AdminKey;
        var gate = new AdminGate("env:ADMIN", [new EnvironmentSecretResolver(_ => secret)]);
        await using var server = await HttpServer.StartAsync(_instance.Models.Current, admin: new AdminServices(gate, null), store: _tables);
        using var answer = await SendAsync("POST", "dashboard/login", null, $$"""{"key":"{{AdminKey}}"}""", server);

        secret = null;
        using var later = await SendAsync("GET", "dashboard/session", CookieOf(answer), server: server);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, later.StatusCode);
        Assert.False(later.Headers.Contains("Set-Cookie"));

        secret = AdminKey;
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("GET", "dashboard/session", CookieOf(answer), server));
    }

    [Fact]
    public async Task Session_EndsAfterItsTime()
    {
        using var answer = await LogInAsync(AdminKey);
        _server.Time.Advance(LoginBook.Life - TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("GET", "v1/usage", CookieOf(answer)));
        _server.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync("GET", "v1/usage", CookieOf(answer)));
    }

    [Fact]
    public async Task Sessions_OfOneHolder_AreBounded()
    {
        var cookies = new List<string>();
        for (var turn = 0; turn <= LoginBook.MaxSessionsOfOne; turn++)
        {
            using var answer = await LogInAsync(AdminKey);
            cookies.Add(CookieOf(answer));
            _server.Time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync("GET", "v1/usage", cookies[0]));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("GET", "v1/usage", cookies[1]));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("GET", "v1/usage", cookies[^1]));
    }

    [Fact]
    public async Task Store_AndLog_HoldNeitherKeyNorToken()
    {
        using var answer = await LogInAsync(AdminKey);
        await StatusAsync("GET", "v1/usage", CookieOf(answer));
        var token = CookieOf(answer).Split('=')[1];
        var csrf = (string)(await JsonOf(answer))["csrf"]!;

        var rows = 0;
        await foreach (var row in _tables.QueryAsync("logins", TableQuery.All))
        {
            rows++;
            var text = string.Join('\n', row.Properties.Select(static property => property.Value.Kind == TableValueKind.Binary ? Encoding.Latin1.GetString(property.Value.AsBinary().Span) : property.Value.ToString()).Append(row.RowKey));
            Assert.All([AdminKey, token, csrf], secret => Assert.DoesNotContain(secret, text, StringComparison.Ordinal));
        }

        Assert.Equal(1, rows);
        Assert.All([AdminKey, token, csrf], secret => _server.Log.AssertNeverMentions(secret, LogLevel.Trace));
    }

    [Fact]
    public async Task TenThousandMalformedRequests_OpenNothingAndFailNowhere()
    {
        string[] bodies = ["", "{", "[]", "null", "5", "{}", "{\"key\":5}", "{\"key\":null}", "{\"key\":\"\"}", "{\"key\":\"   \"}", "{\"key\":\"a\\u0000b\"}", "{\"key\":\"\\ud800\"}", "key=x", "\u00ff", new string('[', 5000), $"{{\"key\":\"{new string('k', 9000)}\"}}", new string('x', 20_000)];
        string[] types = ["application/json", "application/x-www-form-urlencoded; charset=utf-8", "text/plain", "multipart/form-data; boundary=x", "x"];
        string[] cookies = ["=", ";;;", "router-session", "a=b; a=c", new string('c', 2000), "\"", "router-session=%00", "__Host-router-session=x"];
        var luck = new SeededRandomSource(7);
        for (var turn = 0; turn < 10_000; turn++)
        {
            using var request = luck.Next(3) > 0
                ? new HttpRequestMessage(HttpMethod.Post, new Uri(_server.Client.BaseAddress!, "dashboard/login")) { Content = new ByteArrayContent(Encoding.Latin1.GetBytes(bodies[luck.Next(bodies.Length)])) }
                : new HttpRequestMessage(HttpMethod.Get, new Uri(_server.Client.BaseAddress!, luck.Next(2) == 0 ? "dashboard/session" : "v1/usage"));
            var type = types[luck.Next(types.Length)];
            // A form whose field is there is a login, and no malformed one.
            if (request.Content is { } content && !(type.Contains("form-url", StringComparison.Ordinal) && (await content.ReadAsStringAsync()).StartsWith("key=", StringComparison.Ordinal)))
                content.Headers.TryAddWithoutValidation("Content-Type", type);
            request.Headers.TryAddWithoutValidation("Cookie", cookies[luck.Next(cookies.Length)].Replace("router-session", NameOf(_server), StringComparison.Ordinal));
            using var answer = await _browser.SendAsync(request);
            Assert.True((int)answer.StatusCode is >= 400 and < 500, $"{request} answers {(int)answer.StatusCode}");
            Assert.False(answer.Headers.TryGetValues("Set-Cookie", out var given) && !given.All(static cookie => cookie.Contains("max-age=0", StringComparison.Ordinal)));
        }
    }

    [Fact]
    public async Task Router_WithoutAnyKey_TellsThatNoneIsNeeded()
    {
        await using var server = await HttpServer.StartAsync();
        using var told = await server.Client.GetAsync(new Uri("dashboard/session", UriKind.Relative));
        Assert.Equal(("caller", "", ""), ((string?)(await JsonOf(told))["role"], (string?)(await JsonOf(told))["name"], (string?)(await JsonOf(told))["csrf"]));
        using var login = await SendAsync("POST", "dashboard/login", null, """{"key":"anything"}""", server: server);
        Assert.Equal(HttpStatusCode.Unauthorized, login.StatusCode);
        // Left over from another router at this address.
        using var stale = await SendAsync("GET", "dashboard/session", $"{NameOf(server)}={LoginToken.Draw().ToCookie()}", server: server);
        Assert.Equal(HttpStatusCode.OK, stale.StatusCode);
    }

    [Fact]
    public async Task Dashboard_SwitchedOff_IsNotThere()
    {
        await using var server = await HttpServer.StartAsync(new RouterBuilder().Model("mini").WithoutDashboard().Build());
        foreach (var path in new[] { "dashboard", "dashboard/app.js", "dashboard/session" })
        {
            using var answer = await server.Client.GetAsync(new Uri(path, UriKind.Relative));
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
            Assert.Contains("switched off", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    private Task<HttpServer> StartAsync(string adminKey) =>
        HttpServer.StartAsync(_instance.Models.Current, admin: new AdminServices(new AdminGate($"sha256:{KeyHash.Of(adminKey)}", []), null) { Keys = _instance.Admin, Audit = _fleet.Audit }, store: _tables);

    private Task<HttpResponseMessage> LogInAsync(string key) => SendAsync("POST", "dashboard/login", null, $$"""{"key":"{{key}}"}""");

    private async Task<HttpStatusCode> StatusAsync(string method, string path, string cookie, HttpServer? server = null)
    {
        using var answer = await SendAsync(method, path, cookie, server: server);
        return answer.StatusCode;
    }

    private Task<HttpResponseMessage> SendAsync(string method, string path, string? cookie, string? body, params (string Name, string Value)[] headers) => SendAsync(method, path, cookie, body, null, headers);

    private async Task<HttpResponseMessage> SendAsync(string method, string path, string? cookie, string? body = null, HttpServer? server = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri((server ?? _server).Client.BaseAddress!, path));
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        if (cookie is not null)
            request.Headers.Add("Cookie", cookie);
        foreach (var (name, value) in headers)
            request.Headers.Add(name, value);
        return await _browser.SendAsync(request);
    }

    private static string NameOf(HttpServer server) => $"router-session-{server.Client.BaseAddress!.Port}";

    private static string CookieOf(HttpResponseMessage answer) => answer.Headers.GetValues("Set-Cookie").First().Split(';')[0];

    private static async Task<JsonNode> JsonOf(HttpResponseMessage answer) => JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
}
