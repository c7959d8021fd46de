using ServerlessRouter.Configuration;
using Xunit;

namespace ServerlessRouter.Core.Tests.Configuration;

/// <summary>Proxies, headers and query parameters of providers.</summary>
public class ConnectionTests
{
    [Fact]
    public async Task Accepts_HeadersAndQuery_WithSecretsByReference()
    {
        var router = await new ConfigurationDraft()
            .Set("providers.vendor.headers", """{"anthropic-beta":"a,b","cf-aig-authorization":"Bearer env:VENDOR_KEY"}""")
            .Set("providers.vendor.query", """{"team":"r & d","key":"env:VENDOR_KEY"}""").AcceptAsync();

        var additions = router.Providers[0].Additions;
        Assert.Equal([("anthropic-beta", "a,b"), ("cf-aig-authorization", $"Bearer {ConfigurationDraft.ProviderSecret}")], additions.Headers.Select(static header => (header.Key, header.Value)));
        Assert.Equal($"https://host/v1/chat?team=r%20%26%20d&key={ConfigurationDraft.ProviderSecret}", additions.AddTo(new Uri("https://host/v1/chat")).AbsoluteUri);
        Assert.Equal($"https://host/chat?api-version=1&team=r%20%26%20d&key={ConfigurationDraft.ProviderSecret}", additions.AddTo(new Uri("https://host/chat?api-version=1")).AbsoluteUri);
        Assert.DoesNotContain("s3cret", router.Providers[0].ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://proxy.example.com:3128", "http://proxy.example.com:3128/")]
    [InlineData("proxy.example.com:3128", "http://proxy.example.com:3128/")]
    [InlineData("socks5h://127.0.0.1:1080", "socks5://127.0.0.1:1080/")]
    public async Task Accepts_ProxyAddress(string written, string address)
    {
        var router = await new ConfigurationDraft().Set("providers.vendor.proxy", $"\"{written}\"").AcceptAsync();

        Assert.Equal(new Uri(address), Assert.IsType<ProxyChoice.At>(router.Providers[0].Proxy).Address);
    }

    [Fact]
    public async Task Accepts_ProxyWithAPasswordByReference_WithoutPrintingIt()
    {
        var result = await new ConfigurationDraft().Set("providers.vendor.proxy", "\"env:PROXY\"").LoadAsync(("PROXY", "http://me:pa55word@proxy:8080"));

        var proxy = Assert.IsType<ProxyChoice.At>(result.Model!.Providers[0].Proxy);
        Assert.Equal("me:pa55word", proxy.Address.UserInfo);
        Assert.DoesNotContain("pa55word", result.Model.Providers[0].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Accepts_NoProxy()
    {
        var router = await new ConfigurationDraft().Set("providers.vendor.proxy", "\"none\"").AcceptAsync();

        Assert.IsType<ProxyChoice.None>(router.Providers[0].Proxy);
        Assert.IsType<ProxyChoice.FromEnvironment>(router.Providers[1].Proxy);
    }

    [Theory]
    [InlineData("http://me:pa55word@proxy:8080", "holds a name or password")]
    [InlineData("ftp://proxy:21", "is no address of a proxy")]
    [InlineData("None", "write none")]
    [InlineData("http://proxy:8080/path", "is no address of a proxy")]
    [InlineData("env:NOT_SET", "the environment variable NOT_SET is not set")]
    [InlineData("env:VENDOR_KEY_IS_NO_ADDRESS", "refers to a text that is no address of a proxy")]
    [InlineData("sha256:00", "is a hash")]
    public async Task Rejects_Proxy(string written, string message)
    {
        var result = await new ConfigurationDraft().Set("providers.vendor.proxy", $"\"{written}\"").LoadAsync(("VENDOR_KEY_IS_NO_ADDRESS", "http://a/b/c"));

        var error = Assert.Single(result.Errors);
        Assert.Equal("providers.vendor.proxy", error.Path);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("pa55word", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rejects_QueryParameterWithoutName()
    {
        var error = Assert.Single((await new ConfigurationDraft().Set("providers.vendor.query", """{"":"a"}""").LoadAsync()).Errors);

        Assert.Contains("has no name", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("authorization", "Bearer env:VENDOR_KEY", "carries the credential already")]
    [InlineData("x-gateway-key", "sk-abc", "is named like a secret")]
    [InlineData("x-gateway-key", "env:NOT_SET", "the environment variable NOT_SET is not set")]
    [InlineData("Host", "other", "belongs to the connection or the body")]
    [InlineData("content-type", "text/plain", "belongs to the connection or the body")]
    [InlineData("x team", "a", "is no name of a header")]
    [InlineData("x-team", "a\\nb", "has a value with line ends")]
    public async Task Rejects_Header_WithoutRepeatingIt(string name, string value, string message)
    {
        var error = Assert.Single((await new ConfigurationDraft().Set("providers.vendor.headers", $$"""{"{{name}}":"{{value}}"}""").LoadAsync()).Errors);

        Assert.Contains(name, error.Path, StringComparison.Ordinal);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("sk-abc", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rejects_SameHeaderInTwoCases() =>
        Assert.Contains("is written twice", Assert.Single((await new ConfigurationDraft().Set("providers.vendor.headers", """{"x-a":"1","X-A":"2"}""").LoadAsync()).Errors).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Rejects_ApiVersionTwice() =>
        await new ConfigurationDraft().Set("providers.azure.apiVersion", "\"2024-10-21\"").Set("providers.azure.query", """{"api-version":"x"}""")
            .RejectAsync("providers.azure.query.api-version", "is also written as apiVersion");

    [Theory]
    [InlineData("proxy", "\"none\"")]
    [InlineData("headers", """{"a":"b"}""")]
    [InlineData("query", """{"a":"b"}""")]
    public async Task Rejects_ConnectionOfSimulatedProvider(string member, string json) =>
        await new ConfigurationDraft().Set($"providers.sim.{member}", json).RejectAsync($"providers.sim.{member}", "has no meaning for a simulated provider");
}
