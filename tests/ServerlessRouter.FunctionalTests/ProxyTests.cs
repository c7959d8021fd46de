using System.Net;
using System.Text;
using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Testing.Upstreams;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.FunctionalTests;

/// <summary>Calls that leave through a proxy, and what an owner adds to them.</summary>
public sealed class ProxyTests : IAsyncLifetime
{
    private static readonly Uri Vendor = new("http://vendor.invalid/v1/");

    private FakeUpstream _proxy = null!;

    public async Task InitializeAsync() => _proxy = await FakeUpstream.StartAsync();

    public async Task DisposeAsync() => await _proxy.DisposeAsync();

    [Theory, InlineData(false), InlineData(true)]
    public async Task Chat_ProviderWithAProxy_GoesThroughIt(bool stream)
    {
        await using var router = await RunningRouter.StartAsync(File($$"""{ "proxy": "{{_proxy.BaseAddress}}" }"""));

        var answer = await router.ChatAsync(Body(stream));

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.True(answer.IsWhole);
        Assert.Equal("vendor.invalid", Assert.Single(_proxy.Books.Requests).Headers["Host"]);
    }

    [Fact]
    public async Task Chat_HttpProxyInTheEnvironment_IsUsedUnlessTheProviderSaysNone()
    {
        var through = await AskProcessAsync("{}");
        var straight = await AskProcessAsync("""{ "proxy": "none" }""");

        Assert.Equal(HttpStatusCode.OK, through.Status);
        Assert.Equal("upstream_error", straight.ErrorCode);
        Assert.Single(_proxy.Books.Requests);
    }

    [Fact]
    public async Task Chat_ProxyThatWantsAPassword_GetsItAndTheWholePrompt()
    {
        const string Answer = """{"object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"x"},"finish_reason":"stop"}]}""";
        await using var proxy = RawUpstream.Start(async connection =>
        {
            while (true)
            {
                var request = Encoding.Latin1.GetString(await connection.ReadRequestAsync());
                var isKnown = request.Contains($"Proxy-Authorization: Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes("me:pa55:word"))}", StringComparison.OrdinalIgnoreCase);
                await connection.SendAsync(isKnown
                    ? $"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {Answer.Length}\r\n\r\n{Answer}"
                    : "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"proxy\"\r\nContent-Length: 0\r\n\r\n");
            }
        });
        using var password = new SecretVariable($"http://me:pa55%3Aword@{proxy.BaseAddress.Authority}");
        await using var router = await RunningRouter.StartAsync(File($$"""{ "proxy": "{{password.Reference}}" }"""));

        Assert.Equal("x", (await router.ChatAsync(Body(false))).Text);
    }

    [Fact]
    public async Task Chat_ProxyThatOpensNoTunnel_IsNamedAsTheCause()
    {
        await using var proxy = RawUpstream.Start(async connection =>
        {
            await connection.ReadRequestAsync();
            await connection.SendAsync("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n");
        });
        var file = new RouterFile().Upstream("gpt", new Uri("https://vendor.invalid/v1/")).Provider("gpt-vendor", new Uri("https://vendor.invalid/v1/"), settingsJson: $$"""{ "proxy": "{{proxy.BaseAddress}}" }""");
        await using var router = await RunningRouter.StartAsync(file);

        var answer = await router.ChatAsync(Body(false));

        Assert.Equal(HttpStatusCode.BadGateway, answer.Status);
        Assert.Contains("The proxy opened no connection to the provider.", answer.ErrorMessage, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://proxy.invalid:3128", "The host name of the proxy could not be resolved.")]
    [InlineData("http://127.0.0.1:1", "The proxy could not be reached.")]
    public async Task Chat_ProxyThatIsNotThere_IsNamedInsteadOfTheProvider(string proxy, string message)
    {
        await using var router = await RunningRouter.StartAsync(File($$"""{ "proxy": "{{proxy}}" }"""));

        var answer = await router.ChatAsync(Body(false));

        Assert.Equal(HttpStatusCode.BadGateway, answer.Status);
        Assert.Contains(message, answer.ErrorMessage, StringComparison.Ordinal);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Chat_HeadersAndQueryOfTheOwner_GoUpWithEveryCall(bool stream)
    {
        using var secret = new SecretVariable("gateway-s3cret");
        var file = new RouterFile().Upstream("gpt", _proxy).Provider(
            "gpt-vendor", _proxy.OpenAiAddress, settingsJson: $$"""{ "headers": { "x-gateway-key": "{{secret.Reference}}", "User-Agent": "Team/1" }, "query": { "team": "r & d" } }""");
        await using var router = await RunningRouter.StartAsync(file);

        await router.ChatAsync(Body(stream), ("x-gateway-key", "of-the-caller"));

        var sent = Assert.Single(_proxy.Books.Requests);
        Assert.Equal("gateway-s3cret", sent.Headers["x-gateway-key"]);
        Assert.Equal("Team/1", sent.Headers["User-Agent"]);
        Assert.Equal("?team=r%20%26%20d", sent.Query);
    }

    private async Task<ClientAnswer> AskProcessAsync(string settingsJson)
    {
        var folder = Directory.CreateTempSubdirectory("router-proxy-");
        try
        {
            var path = Path.Combine(folder.FullName, "router.json");
            await System.IO.File.WriteAllTextAsync(path, File(settingsJson).ToString());
            await using var running = RouterProcess.Start([("HTTP_PROXY", _proxy.BaseAddress.ToString()), ("NO_PROXY", "other.invalid")], "serve", "--config", path, "--urls", "http://127.0.0.1:0");
            var address = await running.ReadUntilAsync("Listening on ");
            using var client = new HttpClient { BaseAddress = new Uri(address[address.LastIndexOf("http://", StringComparison.Ordinal)..].Trim()) };
            using var content = new ByteArrayContent(Body(false));
            content.Headers.ContentType = new("application/json");
            using var response = await client.PostAsync("v1/chat/completions", content);
            return await ClientAnswer.ReadAsync(response);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static RouterFile File(string settingsJson) => new RouterFile().Upstream("gpt", Vendor).Provider("gpt-vendor", Vendor, settingsJson: settingsJson);

    private static byte[] Body(bool stream) => ChatBodies.For(stream, model: "gpt");
}
