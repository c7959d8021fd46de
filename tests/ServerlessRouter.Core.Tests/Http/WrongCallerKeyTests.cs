using System.Net;
using Microsoft.Extensions.Logging;
using ServerlessRouter.Admission;
using ServerlessRouter.Chat;
using ServerlessRouter.Configuration.Secrets;
using ServerlessRouter.Core.Tests.Architecture;
using ServerlessRouter.Core.Tests.Configuration;
using ServerlessRouter.Http.Admin;
using ServerlessRouter.Testing.Models;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.Core.Tests.Http;

/// <summary>A stranger guesses the keys of callers.</summary>
public sealed class WrongCallerKeyTests : IAsyncLifetime
{
    private const string Key = "a-callers-s3cret-key";
    private const string Guess = "a-gu3ss-of-a-key";
    private const string Owner = "the-owners-s3cret-key";
    private const string Team = "a-team-leads-s3cret-key";

    private HttpServer _server = null!;

    public async Task InitializeAsync() => _server = await HttpServer.StartAsync(new RouterBuilder().Model("mini").Key(Key, "caller").Build());

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData("GET", "v1/models")]
    [InlineData("GET", "v1/files")]
    [InlineData("POST", "v1/feedback")]
    [InlineData("POST", "v1/messages/count_tokens")]
    public async Task WrongKey_AfterAFewMistakes_IsAnsweredLaterEachTime(string method, string path)
    {
        for (var turn = 0; turn < WrongKeys.FreeMistakes; turn++)
            Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync(method, path, Guess));

        foreach (var seconds in new[] { 0.5, 1, 2, 4, 4 })
        {
            var held = SendAsync(method, path, Guess);
            await _server.Time.WaitForTimerDueInAsync(TimeSpan.FromSeconds(seconds));
            Assert.False(held.IsCompleted);
            _server.Time.Advance(TimeSpan.FromSeconds(seconds));
            Assert.Equal(HttpStatusCode.Unauthorized, await held);
        }
    }

    [Fact]
    public async Task RightKey_BesideWrongOnesFromItsAddress_IsNeverHeldBack()
    {
        for (var turn = 0; turn < WrongKeys.FreeMistakes; turn++)
            await SendAsync("GET", "v1/models", Guess);
        var others = _server.Time.ArmedTimers;
        var held = Enumerable.Range(0, WrongKeys.MaxHeld).Select(_ => SendAsync("GET", "v1/models", Guess)).ToArray();
        await _server.Time.WaitForTimersAsync(others + WrongKeys.MaxHeld);

        Assert.Equal(HttpStatusCode.OK, await SendAsync("GET", "v1/models", Key));
        Assert.Equal(HttpStatusCode.TooManyRequests, await SendAsync("GET", "v1/models", Guess));
        _server.Time.Advance(WrongKeys.MaxDelay);
        await Task.WhenAll(held);
    }

    [Fact]
    public async Task AdminKey_BesideWrongOnesFromItsAddress_IsNeitherHeldBackNorCounted()
    {
        const string Admin = "the-admin-s3cret-key";
        await using var server = await HttpServer.StartAsync(new RouterBuilder().Model("mini").Key(Key, "caller").Build(), admin: new AdminServices(new AdminGate($"sha256:{KeyHash.Of(Admin)}", []), null));
        for (var turn = 0; turn < WrongKeys.FreeMistakes; turn++)
            Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync("GET", "v1/models", Guess, server));

        for (var turn = 0; turn < 2 * WrongKeys.MaxHeld; turn++)
            Assert.Equal(HttpStatusCode.OK, await SendAsync("GET", "v1/models", Admin, server));

        var held = SendAsync("GET", "v1/models", Guess, server);
        await server.Time.WaitForTimerDueInAsync(TimeSpan.FromSeconds(0.5));
        server.Time.Advance(TimeSpan.FromSeconds(0.5));
        Assert.Equal(HttpStatusCode.Unauthorized, await held);
    }

    [Theory]
    [InlineData("GET", "v1/key", Owner)]
    [InlineData("GET", "v1/key", Team)]
    [InlineData("POST", "v1/messages/count_tokens", Owner)]
    [InlineData("GET", "v1/files", Owner)]
    public async Task AdminKey_WhereACallersIsMeant_IsToldWhatItIs(string method, string path, string key)
    {
        var router = new ConfigurationDraft().Set("adminKeys", $"{{\"team\":{{\"secret\":\"sha256:{KeyHash.Of(Team)}\"}}}}");
        await using var server = await HttpServer.StartAsync(await router.AcceptAsync(), admin: new AdminServices(new AdminGate("env:ADMIN", [new EnvironmentSecretResolver(static _ => Owner)]), null));

        Assert.Contains("This is an admin key, which calls no model", await MessageAsync(key), StringComparison.Ordinal);
        Assert.Contains("is not one this router has issued", await MessageAsync(Guess), StringComparison.Ordinal);

        async Task<string> MessageAsync(string sent)
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), path);
            request.Headers.Add("x-api-key", sent);
            using var answer = await server.Client.SendAsync(request);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
            return await answer.Content.ReadAsStringAsync();
        }
    }

    [Fact]
    public async Task WrongKeys_AreLoggedWithTheirAddressAndNeverThemselves()
    {
        for (var turn = 0; turn < WrongKeys.FreeMistakes; turn++)
            await SendAsync("GET", "v1/models", Guess);

        Assert.Contains(_server.Log.AtLeast(LogLevel.Information), static entry => entry.ToString().Contains("127.0.0.1", StringComparison.Ordinal));
        _server.Log.AssertNeverMentions(Guess, LogLevel.Trace);
    }

    [Theory]
    [InlineData("GET", "v1/models", Key)]
    [InlineData("GET", "v1/models", Guess)]
    [InlineData("GET", "v1/files", Key)]
    [InlineData("GET", "v1/usage", Key)]
    [InlineData("GET", "v1/admin/keys", Guess)]
    [InlineData("GET", "v1/nothing", Key)]
    public async Task Answer_IsForOneCallerAlone(string method, string path, string key)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.Add("x-api-key", key);
        using var answer = await _server.Client.SendAsync(request);

        Assert.True(answer.Headers.CacheControl is { Private: true, NoStore: true });
        Assert.Contains("Authorization", answer.Headers.Vary);
    }

    [Theory]
    [InlineData("healthz")]
    [InlineData("openapi.json")]
    public async Task Answer_ThatIsForEveryone_SaysNothingOfKeys(string path)
    {
        using var answer = await _server.Client.GetAsync(new Uri(path, UriKind.Relative));

        Assert.DoesNotContain("Authorization", answer.Headers.Vary);
    }

    /// <summary>A stranger must not make the router read, or keep room for, a body.</summary>
    [Fact]
    public async Task EveryEndpointThatTakesABody_RefusesAWrongKeyBeforeTheBodyComes()
    {
        var endpoints = EndpointTable.Create();
        // A login has its key in the body, of which little is read; a logout has neither.
        foreach (var endpoint in endpoints.All.Where(endpoint => endpoint != endpoints.Unlisted && !endpoint.Pattern.StartsWith("dashboard/", StringComparison.Ordinal) && endpoint.Methods.Any(static method => method is "POST" or "PUT" or "PATCH")))
        {
            var path = endpoint.Pattern.Replace("{id}", "x", StringComparison.Ordinal).Replace("{name}", "mini", StringComparison.Ordinal).Replace("{version}", "1", StringComparison.Ordinal);
            await using var server = await HttpServer.StartAsync(new RouterBuilder().Model("mini").Key(Key, "caller").Build());
            server.Pipeline.Answer = static (context, cancellationToken) => Task.FromResult<ChatOutcome>(new ChatOutcome.Failed(CallerIdentity.Find(context.Router, context.Headers, out _)!));
            server.Pipeline.Plan = static context => CallerIdentity.Find(context.Router, context.Headers, out _);

            // The body is announced and never sent.
            var answer = await server.SendRawAsync($"{endpoint.Methods.First(static method => method is "POST" or "PUT" or "PATCH")} /{path} HTTP/1.1\r\nHost: x\r\nx-api-key: {Guess}\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n");

            Assert.True(answer.StartsWith("HTTP/1.1 401", StringComparison.Ordinal) || answer.StartsWith("HTTP/1.1 403", StringComparison.Ordinal), $"{endpoint.Name}: {answer.Split('\n')[0]}");
        }
    }

    private async Task<HttpStatusCode> SendAsync(string method, string path, string key, HttpServer? server = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (method == "POST")
            request.Content = new ByteArrayContent(ChatBodies.Plain());
        request.Headers.Add("x-api-key", key);
        using var answer = await (server ?? _server).Client.SendAsync(request);
        return answer.StatusCode;
    }
}
