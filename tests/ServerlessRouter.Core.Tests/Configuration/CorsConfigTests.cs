using ServerlessRouter.Configuration;
using Xunit;

namespace ServerlessRouter.Core.Tests.Configuration;

public sealed class CorsConfigTests
{
    [Fact]
    public async Task Accepts_NothingWritten_EveryOriginAndTheDocumentedLimits()
    {
        var model = await new ConfigurationDraft().AcceptAsync();

        Assert.Null(model.CorsOrigins);
        Assert.Equal(128L * 1024 * 1024, model.MaxBodiesBytes);
        Assert.Equal(4096, model.MaxConnections);
    }

    [Fact]
    public async Task Accepts_Origins_AsBrowsersWriteThem()
    {
        var model = await new ConfigurationDraft().Set("server", """{"cors":{"origins":["https://Chat.example.com","http://localhost:3000","http://[::1]:8080"]},"maxBodiesMebibytes":1,"maxConnections":7}""").AcceptAsync();

        Assert.Equal(["http://[::1]:8080", "http://localhost:3000", "https://chat.example.com"], model.CorsOrigins!.Order(StringComparer.Ordinal));
        Assert.Equal(1024 * 1024, model.MaxBodiesBytes);
        Assert.Equal(7, model.MaxConnections);
    }

    [Fact]
    public async Task Accepts_NoOriginAtAll_NoPageMayCall() => Assert.Empty((await new ConfigurationDraft().Set("server", """{"cors":{"origins":[]}}""").AcceptAsync()).CorsOrigins!);

    [Theory]
    [InlineData("*")]
    [InlineData("null")]
    [InlineData("chat.example.com")]
    [InlineData("https://chat.example.com/")]
    [InlineData("https://chat.example.com/path")]
    [InlineData("https://chat.example.com:443")]
    [InlineData("ftp://chat.example.com")]
    [InlineData("https://*.example.com")]
    public Task Rejects_WhatIsNoOrigin(string origin) =>
        new ConfigurationDraft().Set("server", """{"cors":{"origins":["http://localhost:3000","ORIGIN"]}}""".Replace("ORIGIN", origin, StringComparison.Ordinal)).RejectAsync("server.cors.origins[1]", "is no origin");

    [Theory]
    [InlineData("http://localhost:3000", true)]
    [InlineData("http://127.0.0.1", true)]
    [InlineData("http://[::1]:1", true)]
    [InlineData("http://127.1.2.3:9", true)]
    [InlineData("https://localhost.example.com", false)]
    [InlineData("http://10.0.0.1", false)]
    public void Parse_Origin_SaysWhetherItIsOfThisMachine(string text, bool expected) => Assert.Equal(expected, WebOrigin.Parse(text)!.Value.IsOfThisMachine);
}
