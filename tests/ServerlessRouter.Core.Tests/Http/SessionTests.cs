using System.Net;
using ServerlessRouter.Admission;
using ServerlessRouter.Chat;
using ServerlessRouter.Configuration;
using ServerlessRouter.Configuration.Secrets;
using ServerlessRouter.Core.Tests.Configuration;
using ServerlessRouter.Core.Tests.Keys;
using ServerlessRouter.Errors;
using ServerlessRouter.Http.Admin;
using ServerlessRouter.Logins;
using Xunit;

namespace ServerlessRouter.Core.Tests.Http;

/// <summary>The dashboard's sessions as a browser and those who misuse one see them: what they open, and how they end.</summary>
public sealed class SessionTests : LoginScene
{
    [Fact]
    public async Task Session_IsNotRefusedForWrongKeysOfOthersBehindItsAddress()
    {
        using var owner = await LogInAsync(AdminKey);
        for (var turn = 0; turn < WrongKeys.FreeMistakes; turn++)
            Assert.Equal(HttpStatusCode.Unauthorized, await WrongAsync());
        var others = Server.Time.ArmedTimers;
        var held = Enumerable.Range(0, WrongKeys.MaxHeld).Select(_ => WrongAsync()).ToArray();
        await Server.Time.WaitForTimersAsync(others + WrongKeys.MaxHeld);
        Assert.Equal(HttpStatusCode.TooManyRequests, await WrongAsync());

        Assert.Equal(HttpStatusCode.OK, await StatusAsync("GET", Keys, CookieOf(owner)));

        Server.Time.Advance(WrongKeys.MaxDelay);
        await Task.WhenAll(held);

        async Task<HttpStatusCode> WrongAsync()
        {
            using var answer = await SendAsync("GET", Keys, null, null, ("x-api-key", "a-gu3ss"));
            return answer.StatusCode;
        }
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
        Assert.Empty((await Instance.Admin.ListAsync(AdminModel.Owner, null, 10, CancellationToken.None)).Keys);
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
        Server.Pipeline.Answer = static (context, _) => Task.FromResult<ChatOutcome>(new ChatOutcome.Failed(CallerIdentity.Find(context.Router, context.Headers, out var caller) ?? RouterError.InvalidRequest(caller!.Name)));
        using var answer = await LogInAsync(ConfigurationDraft.CallerSecret);
        var csrf = (string)(await JsonOf(answer))["csrf"]!;
        foreach (var path in new[] { "v1/chat/completions", "openai/v1/chat/completions", "v1/messages", "v1/responses", "v1/embeddings", "v1/batches", "v1/files", "v1/feedback" })
        {
            using var refused = await SendAsync("POST", path, CookieOf(answer), """{"model":"auto","messages":[]}""", ("x-router-csrf", csrf));
            Assert.True(refused.StatusCode == HttpStatusCode.Unauthorized, $"{path} answers {(int)refused.StatusCode}");
        }
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
    public async Task Session_IsKnownToEveryInstanceAndEndsOnAll()
    {
        await using var other = await StartAsync(AdminKey);
        using var answer = await LogInAsync(AdminKey);
        var cookie = CookieOf(answer).Replace(NameOf(Server), NameOf(other), StringComparison.Ordinal);
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
        var (id, secret) = await Instance.IssueAsync("search");
        using var answer = await LogInAsync(secret);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("GET", "v1/usage", CookieOf(answer)));

        await Instance.Admin.SetDisabledAsync(KeyFleet.Owner, id, isDisabled: true, CancellationToken.None);
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync("GET", "v1/usage", CookieOf(answer)));
        await Instance.Admin.SetDisabledAsync(KeyFleet.Owner, id, isDisabled: false, CancellationToken.None);
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync("GET", "v1/usage", CookieOf(answer)));
    }

    [Fact]
    public async Task Session_OfAnAdminKeyThatWasRotated_Ends()
    {
        using var answer = await LogInAsync(AdminKey);
        await using var rotated = await StartAsync("another-admin-s3cret-key");

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync("GET", "v1/usage", CookieOf(answer).Replace(NameOf(Server), NameOf(rotated), StringComparison.Ordinal), rotated));
    }

    [Fact]
    public async Task Session_WhoseKeyCannotBeLookedUpNow_IsAskedForAgainLater()
    {
        string? secret = AdminKey;
        var gate = new AdminGate("env:ADMIN", [new EnvironmentSecretResolver(_ => secret)]);
        await using var server = await HttpServer.StartAsync(Instance.Models.Current, admin: new AdminServices(gate, null), store: Tables);
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
        Server.Time.Advance(LoginBook.Life - TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("GET", "v1/usage", CookieOf(answer)));
        Server.Time.Advance(TimeSpan.FromSeconds(1));
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
            Server.Time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync("GET", "v1/usage", cookies[0]));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("GET", "v1/usage", cookies[1]));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("GET", "v1/usage", cookies[^1]));
    }
}
