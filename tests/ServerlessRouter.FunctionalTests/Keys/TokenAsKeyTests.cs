using System.ClientModel;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using OpenAI;
using OpenAI.Chat;
using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Testing.Identity;
using ServerlessRouter.Testing.Upstreams;
using Xunit;

namespace ServerlessRouter.FunctionalTests.Keys;

/// <summary>An application with an identity calls with OpenAI's client and the token it has, and an admin administers with theirs.</summary>
public sealed class TokenAsKeyTests : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("router-tokens-");
    private TokenIssuer _issuer = null!;
    private FakeUpstream _upstream = null!;
    private RunningRouter _router = null!;

    public async Task InitializeAsync()
    {
        _issuer = await TokenIssuer.StartAsync(TimeProvider.System);
        _upstream = await FakeUpstream.StartAsync();
        _upstream.Default(Reply.Text("Hello."));
        var file = JsonNode.Parse(new RouterFile().Upstream("mini", _upstream).Route("auto", ["mini"]).Tier("pro", """{"user":{"requestsPerMinute":2}}""").ToString())!;
        file["entra"] = JsonNode.Parse($$"""{ "issuer": "{{_issuer.Issuer}}", "audience": "{{TokenIssuer.Audience}}", "roles": { "Router.Pro": "pro" }, "adminRoles": { "Router.Admin": "admin" } }""");
        _router = await RunningRouter.StartAsync(file.ToJsonString(), Path.Combine(_folder.FullName, "data"));
    }

    public async Task DisposeAsync()
    {
        await _router.DisposeAsync();
        await _upstream.DisposeAsync();
        await _issuer.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Token_AsTheKeyOfOpenAisClient_Calls()
    {
        Assert.Equal("Hello.", await AskAsync(_issuer.Token()));

        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        var expired = _issuer.Token(change: descriptor => (descriptor.NotBefore, descriptor.Expires) = (now.AddHours(-2), now.AddHours(-1)));
        var failure = await Assert.ThrowsAsync<ClientResultException>(() => AskAsync(expired));
        Assert.Equal(401, failure.Status);
        Assert.Contains("The token expired at", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(expired, failure.Message, StringComparison.Ordinal);
        Assert.Equal(401, (await Assert.ThrowsAsync<ClientResultException>(() => AskAsync("no-key-at-all"))).Status);
        Assert.Single(_upstream.Books.Answers);
    }

    [Fact]
    public async Task Limits_OfTheTier_HoldForThePersonThatATokenNames()
    {
        var token = _issuer.Token(change: static descriptor => descriptor.Claims["scp"] = "Chat");
        var another = _issuer.Token(change: static descriptor => (descriptor.Claims["scp"], descriptor.Claims["oid"]) = ("Chat", "person-2"));
        await AskAsync(token);
        await AskAsync(token);

        Assert.Equal(429, (await Assert.ThrowsAsync<ClientResultException>(() => AskAsync(token))).Status);
        Assert.Equal("Hello.", await AskAsync(another));
    }

    [Theory]
    [InlineData("Router.Admin", HttpStatusCode.OK)]
    [InlineData("Router.Pro", HttpStatusCode.Forbidden)]
    [InlineData("Other", HttpStatusCode.Unauthorized)]
    public async Task Token_AdministersByItsRole(string role, HttpStatusCode expected)
    {
        using var answer = await SendAsync(HttpMethod.Get, "v1/admin/keys", _issuer.Token([role]), null);

        Assert.Equal(expected, answer.StatusCode);
    }

    [Fact]
    public async Task Work_ForLater_IsRefusedAtOnceBecauseTheTokenEnds()
    {
        var request = JsonNode.Parse("""{"model":"auto","messages":[{"role":"user","content":"Hi"}]}""");
        using var answer = await SendAsync(HttpMethod.Post, "v1/chat/completions", _issuer.Token(), request, ("Prefer", "respond-async"));

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Contains("needs a key", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string token, JsonNode? body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        foreach (var (name, value) in headers)
            request.Headers.Add(name, value);
        if (body is not null)
            request.Content = JsonContent.Create(body);
        return await _router.Client.SendAsync(request);
    }

    private async Task<string> AskAsync(string token)
    {
        var options = new OpenAIClientOptions { Endpoint = _router.OpenAiAddress, RetryPolicy = new System.ClientModel.Primitives.ClientRetryPolicy(0) };
        ChatCompletion answer = await new ChatClient("auto", new ApiKeyCredential(token), options).CompleteChatAsync("Say hello.");
        return answer.Content[0].Text;
    }
}
