using System.Net;
using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.LocalHost;
using ServerlessRouter.LocalHost.Starting;
using ServerlessRouter.Testing;
using ServerlessRouter.Testing.Upstreams;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.FunctionalTests;

/// <summary>Who may call, what they may ask for, and whose key goes where.</summary>
public sealed class KeysAndTiersTests : IAsyncLifetime
{
    private const string ProKey = "sk-pro-4711";
    private const string FreeKey = "sk-free-0815";
    private const string VendorKey = "sk-of-the-vendor";

    private readonly SecretVariable _pro = new(ProKey);
    private readonly SecretVariable _free = new(FreeKey);
    private readonly SecretVariable _vendor = new(VendorKey);
    private FakeUpstream _upstream = null!;
    private RunningRouter _router = null!;

    public async Task InitializeAsync()
    {
        _upstream = await FakeUpstream.StartAsync();
        _upstream.RequiredKey = VendorKey;
        _router = await RunningRouter.StartAsync(Keyed());
    }

    public async Task DisposeAsync()
    {
        await _router.DisposeAsync();
        await _upstream.DisposeAsync();
        _pro.Dispose();
        _free.Dispose();
        _vendor.Dispose();
    }

    [Theory]
    [InlineData(false, "Authorization", $"Bearer {ProKey}")]
    [InlineData(true, "Authorization", $"Bearer {ProKey}")]
    [InlineData(false, "api-key", ProKey)]
    [InlineData(true, "x-api-key", ProKey)]
    public async Task Chat_KeyInAnyClientsHeader_IsLetInAndStaysHere(bool stream, string header, string value)
    {
        var answer = await _router.ChatAsync(ChatBodies.For(stream, "Ping.", "large"), (header, value));

        Assert.Equal("Echo: Ping.", answer.Text);
        var request = Assert.Single(_upstream.Books.Requests);
        Assert.Equal($"Bearer {VendorKey}", request.Headers["Authorization"]);
        Assert.DoesNotContain(ProKey, string.Join('\n', request.Headers.Values) + request.BodyText, StringComparison.Ordinal);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Chat_ClientsOtherHeaders_StayHere(bool stream)
    {
        await _router.ChatAsync(
            ChatBodies.For(stream), ("api-key", ProKey), ("x-stainless-lang", "js"), ("Cookie", "session=1"), ("OpenAI-Organization", "org-1"), ("x-team", "search"));

        var sent = Assert.Single(_upstream.Books.Requests).Headers.Keys;
        Assert.DoesNotContain(sent, name => name.ToLowerInvariant() is "x-stainless-lang" or "cookie" or "openai-organization" or "x-team" or "api-key");
    }

    [Theory]
    [InlineData(false, null, "No API key")]
    [InlineData(true, null, "No API key")]
    [InlineData(false, "Bearer sk-stolen", "authorization")]
    [InlineData(true, "Bearer sk-stolen", "authorization")]
    public async Task Chat_NoKeyOrAnUnknownOne_401SaysHowToSendIt(bool stream, string? authorization, string expected)
    {
        (string, string)[] headers = authorization is null ? [] : [("Authorization", authorization)];

        var answer = await _router.ChatAsync(ChatBodies.For(stream), headers);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.Status);
        Assert.Equal("invalid_api_key", answer.ErrorCode);
        Assert.Equal("authentication_error", (string?)answer.Error!["type"]);
        Assert.Contains(expected, answer.ErrorMessage, StringComparison.Ordinal);
        Assert.Contains("Authorization: Bearer KEY", answer.ErrorMessage, StringComparison.Ordinal);
        Assert.DoesNotContain("sk-stolen", answer.ErrorMessage, StringComparison.Ordinal);
        Assert.Equal("false", answer.Header("x-should-retry"));
        Assert.Equal("Bearer", answer.Header("WWW-Authenticate"));
        Assert.Empty(_upstream.Books.Requests);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Chat_TierMayNotUseTheModel_403SaysSo(bool stream)
    {
        var answer = await _router.ChatAsync(ChatBodies.For(stream, model: "large"), ("Authorization", $"Bearer {FreeKey}"));

        Assert.Equal(HttpStatusCode.Forbidden, answer.Status);
        Assert.Equal("permission_denied", answer.ErrorCode);
        Assert.Equal("permission_error", (string?)answer.Error!["type"]);
        Assert.Equal("model", (string?)answer.Error["param"]);
        Assert.Contains("'free'", answer.ErrorMessage, StringComparison.Ordinal);
        Assert.Contains("'large'", answer.ErrorMessage, StringComparison.Ordinal);
        Assert.Empty(_upstream.Books.Requests);
    }

    [Theory]
    [InlineData(ProKey, new[] { "auto", "large" })]
    [InlineData(FreeKey, new[] { "auto" })]
    public async Task Models_Asked_ListsWhatTheKeyMayUse(string key, string[] expected)
    {
        var list = (await _router.GetAsync("v1/models", ("x-api-key", key))).Json;

        Assert.Equal(expected, list["data"]!.AsArray().Select(item => (string)item!["id"]!));
    }

    [Theory]
    [InlineData("v1/models")]
    [InlineData("v1/models/auto")]
    public async Task Models_WithoutAKey_Is401(string path) => Assert.Equal(HttpStatusCode.Unauthorized, (await _router.GetAsync(path)).Status);

    [Fact]
    public async Task Route_WithoutAKey_Is401() => Assert.Equal(HttpStatusCode.Unauthorized, (await _router.PostAsync("v1/route", ChatBodies.Plain())).Status);

    [Theory, InlineData("healthz"), InlineData("readyz")]
    public async Task Health_WithoutAKey_IsAnswered(string path) => Assert.Equal(HttpStatusCode.OK, (await _router.GetAsync(path)).Status);

    [Theory]
    [InlineData("http://0.0.0.0:0")]
    [InlineData("http://*:0")]
    [InlineData("http://127.0.0.1:0;http://[::]:0")]
    public async Task Start_OthersCanReachItAndNoKeyIsConfigured_IsRefusedWithTheReason(string urls)
    {
        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => LocalRouter.StartAsync(new LocalRouterOptions { Urls = urls }));

        Assert.Contains("can be reached from other machines", refused.Message, StringComparison.Ordinal);
        Assert.Contains("\"keys\": {", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_OthersCanReachItAndKeysAreConfigured_Serves()
    {
        var options = new LocalRouterOptions { ConfigurationPath = _router.ConfigurationPath, Urls = "http://0.0.0.0:0" };
        await using var router = await LocalRouter.StartAsync(options);
        using var client = new HttpClient();

        using var answer = await client.GetAsync(new Uri($"http://127.0.0.1:{router.Address.Port}/v1/models"));

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task Reload_KeysAreGoneWhileOthersReachIt_ServesNoCaller()
    {
        var options = new LocalRouterOptions { ConfigurationPath = _router.ConfigurationPath, Urls = "http://0.0.0.0:0" };
        await using var router = await LocalRouter.StartAsync(options);
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{router.Address.Port}") };

        await File.WriteAllTextAsync(_router.ConfigurationPath, new RouterFile().Upstream("open", _upstream).ToString());

        await Eventually.HoldsAsync(() => router.Model.ModelsByName.ContainsKey("open"), "the configuration without keys to be in use");
        using var answer = await client.GetAsync(new Uri("v1/models", UriKind.Relative));
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Contains("has no keys yet", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_SecretIsMissing_IsRefusedAndNamesTheVariable()
    {
        var file = Keyed().Key("unset", "env:ROUTER_TEST_NEVER_SET");

        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => RunningRouter.StartAsync(file));

        Assert.Contains("ROUTER_TEST_NEVER_SET", refused.Message, StringComparison.Ordinal);
    }

    private RouterFile Keyed() => new RouterFile()
        .Provider("vendor", _upstream.OpenAiAddress, settingsJson: $$"""{ "credential": "{{_vendor.Reference}}" }""")
        .Model("large", ["vendor"])
        .Route("auto", ["large"])
        .Tier("pro", "{}")
        .Tier("free", """{ "routes": ["auto"] }""")
        .Key("pro-team", _pro.Reference, """{ "tier": "pro" }""")
        .Key("free-team", _free.Reference, """{ "tier": "free" }""");
}
