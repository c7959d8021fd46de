using System.Net;
using System.Text;
using Microsoft.Extensions.Logging;
using ServerlessRouter.Core.Tests.Configuration;
using ServerlessRouter.Http.Admin;
using ServerlessRouter.Logins;
using ServerlessRouter.State;
using ServerlessRouter.Testing.Chance;
using ServerlessRouter.Testing.Models;
using Xunit;

namespace ServerlessRouter.Core.Tests.Http;

/// <summary>People log in to the dashboard, and others try to.</summary>
public sealed class LoginTests : LoginScene
{
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

    [Fact]
    public async Task Login_WithACookieThatWasPlanted_DrawsAnother()
    {
        var planted = LoginToken.Draw();
        using var first = await SendAsync("POST", "dashboard/login", $"{NameOf(Server)}={planted.ToCookie()}", $$"""{"key":"{{AdminKey}}"}""");
        Assert.DoesNotContain(planted.ToCookie(), CookieOf(first), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync("GET", "v1/usage", $"{NameOf(Server)}={planted.ToCookie()}"));

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
    public async Task Login_ByForm_IsTakenToo()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Server.Client.BaseAddress!, "dashboard/login")) { Content = new FormUrlEncodedContent([new("key", AdminKey)]) };
        using var answer = await Browser.SendAsync(request);

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
        await Server.Time.WaitForTimerDueInAsync(TimeSpan.FromSeconds(0.5));
        Assert.False(held.IsCompleted);
        using var right = await LogInAsync(AdminKey);
        Assert.Equal(HttpStatusCode.OK, right.StatusCode);
        Server.Time.Advance(TimeSpan.FromSeconds(0.5));
        using var last = await held;
        Assert.DoesNotContain("a-gu3ss", await last.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Store_AndLog_HoldNeitherKeyNorToken()
    {
        using var answer = await LogInAsync(AdminKey);
        await StatusAsync("GET", "v1/usage", CookieOf(answer));
        var token = CookieOf(answer).Split('=')[1];
        var csrf = (string)(await JsonOf(answer))["csrf"]!;

        var rows = 0;
        await foreach (var row in Tables.QueryAsync("logins", TableQuery.All))
        {
            rows++;
            var text = string.Join('\n', row.Properties.Select(static property => property.Value.Kind == TableValueKind.Binary ? Encoding.Latin1.GetString(property.Value.AsBinary().Span) : property.Value.ToString()).Append(row.RowKey));
            Assert.All([AdminKey, token, csrf], secret => Assert.DoesNotContain(secret, text, StringComparison.Ordinal));
        }

        Assert.Equal(1, rows);
        Assert.All([AdminKey, token, csrf], secret => Server.Log.AssertNeverMentions(secret, LogLevel.Trace));
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
                ? new HttpRequestMessage(HttpMethod.Post, new Uri(Server.Client.BaseAddress!, "dashboard/login")) { Content = new ByteArrayContent(Encoding.Latin1.GetBytes(bodies[luck.Next(bodies.Length)])) }
                : new HttpRequestMessage(HttpMethod.Get, new Uri(Server.Client.BaseAddress!, luck.Next(2) == 0 ? "dashboard/session" : "v1/usage"));
            var type = types[luck.Next(types.Length)];
            // A form whose field is there is a login, and no malformed one.
            if (request.Content is { } content && !(type.Contains("form-url", StringComparison.Ordinal) && (await content.ReadAsStringAsync()).StartsWith("key=", StringComparison.Ordinal)))
                content.Headers.TryAddWithoutValidation("Content-Type", type);
            request.Headers.TryAddWithoutValidation("Cookie", cookies[luck.Next(cookies.Length)].Replace("router-session", NameOf(Server), StringComparison.Ordinal));
            using var answer = await Browser.SendAsync(request);
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
}
