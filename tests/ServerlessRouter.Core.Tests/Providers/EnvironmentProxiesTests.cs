using ServerlessRouter.Providers.Upstream;
using Xunit;

namespace ServerlessRouter.Core.Tests.Providers;

/// <summary>Which proxy the environment means for an address, with the lists people write in NO_PROXY.</summary>
public class EnvironmentProxiesTests
{
    [Theory]
    [InlineData("https://api.openai.com/v1/", "http://secure:1/")]
    [InlineData("http://vendor.example.com/v1/", "http://plain:2/")]
    [InlineData("http://127.0.0.1:11434/v1/", null)]
    [InlineData("http://127.0.0.2/", null)]
    [InlineData("http://localhost:8000/", null)]
    [InlineData("http://[::1]:8000/", null)]
    public void For_Address_IsTheProxyOfItsSchemeAndNoneForThisMachine(string address, string? proxy)
    {
        var proxies = Read(("HTTPS_PROXY", "http://secure:1"), ("HTTP_PROXY", "plain:2"));

        Assert.Equal(proxy, proxies.For(new Uri(address))?.AbsoluteUri);
    }

    [Theory]
    [InlineData("*", true)]
    [InlineData("example.com", true)]
    [InlineData(".example.com", true)]
    [InlineData("*.example.com", true)]
    [InlineData("API.Example.Com", true)]
    [InlineData("other.com, example.com", true)]
    [InlineData("other.com example.com:443", true)]
    [InlineData("example.com:8443", false)]
    [InlineData("ample.com", false)]
    [InlineData("api.example.com.evil.com", false)]
    [InlineData("10.0.0.0/8", false)]
    [InlineData("", false)]
    public void For_NameInNoProxy_IsCalledStraight(string noProxy, bool straight) =>
        Assert.Equal(straight, Read(("HTTPS_PROXY", "http://secure:1"), ("NO_PROXY", noProxy)).For(new Uri("https://api.example.com/v1/")) is null);

    [Theory]
    [InlineData("10.0.0.0/8", "http://10.1.2.3/", true)]
    [InlineData("10.1.2.3", "http://10.1.2.3/", true)]
    [InlineData("10.1.2.3:8000", "http://10.1.2.3:8000/", true)]
    [InlineData("10.1.2.3:8000", "http://10.1.2.3:9000/", false)]
    [InlineData("10.0.0.0/8", "http://11.1.2.3/", false)]
    [InlineData("fd00::/8", "http://[fd00::7]/", true)]
    [InlineData("[fd00::7]:80", "http://[fd00::7]/", true)]
    public void For_NumberInNoProxy_IsCalledStraight(string noProxy, string address, bool straight) =>
        Assert.Equal(straight, Read(("http_proxy", "http://plain:2"), ("no_proxy", noProxy)).For(new Uri(address)) is null);

    [Fact]
    public void For_AllProxy_StandsInForBothSchemes()
    {
        var proxies = Read(("ALL_PROXY", "socks5://all:3"));

        Assert.Equal("socks5://all:3/", proxies.For(new Uri("https://a.example/"))?.AbsoluteUri);
        Assert.Equal("socks5://all:3/", proxies.For(new Uri("http://a.example/"))?.AbsoluteUri);
    }

    [Fact]
    public void For_BothCasesOfAVariable_SmallLettersWin() =>
        Assert.Equal("http://small:1/", Read(("https_proxy", "http://small:1"), ("HTTPS_PROXY", "http://large:1")).For(new Uri("https://a.example/"))?.AbsoluteUri);

    [Fact]
    public void Unreadable_NoAddress_NamesTheVariable()
    {
        var proxies = Read(("HTTPS_PROXY", "ftp://x"), ("HTTP_PROXY", " "));

        Assert.Equal(["HTTPS_PROXY"], proxies.Unreadable);
        Assert.Null(proxies.For(new Uri("https://a.example/")));
    }

    private static EnvironmentProxies Read(params (string Name, string Value)[] variables) =>
        EnvironmentProxies.Read(name => variables.FirstOrDefault(variable => variable.Name == name).Value);
}
