using ServerlessRouter.Configuration;
using ServerlessRouter.Providers;
using ServerlessRouter.Testing.Suites;
using ServerlessRouter.Testing.Upstreams;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.Core.Tests.Providers;

public sealed class AzureOpenAIProviderTests : OpenAISchemaSuite
{
    public override ProviderKind Kind => ProviderKinds.AzureOpenAI;

    [Fact]
    public async Task Send_WithoutApiVersion_CallsTheVersionOneSurface()
    {
        await ReadToEndAsync(await SendAsync(ChatBodies.Plain()));

        var sent = Upstream.Books.Requests[0];
        Assert.Equal("/openai/v1/chat/completions", sent.Path);
        Assert.Equal("", sent.Query);
        Assert.Equal(Key, sent.Headers["api-key"]);
    }

    [Fact]
    public async Task Send_WithApiVersion_CallsTheDeploymentsPath()
    {
        await ReadToEndAsync(await SendAsync(ChatBodies.Plain(), ProviderAttempts.Model(Configure() with { ApiVersion = "2024-10-21" })));

        var sent = Upstream.Books.Requests[0];
        Assert.Equal($"/openai/deployments/{ProviderAttempts.DeploymentName}/chat/completions", sent.Path);
        Assert.Equal("?api-version=2024-10-21", sent.Query);
    }

    [Theory]
    [InlineData(null, "/openai/v1/responses", "")]
    [InlineData("2025-04-01-preview", "/openai/responses", "?api-version=2025-04-01-preview")]
    public async Task Send_DeploymentOfResponsesAlone_CallsThemAndNamesItInTheBody(string? apiVersion, string path, string query)
    {
        await ReadToEndAsync(await SendAsync(ChatBodies.Plain(), ProviderAttempts.Model(Configure() with { ApiVersion = apiVersion }, onlyResponses: true)));

        var sent = Upstream.Books.Requests[0];
        Assert.Equal((path, query, ProviderAttempts.DeploymentName), (sent.Path, sent.Query, sent.Model));
        Assert.Equal(Key, sent.Headers["api-key"]);
    }

    [Fact]
    public async Task Send_RateLimitedWithResetInSeconds_WaitsThatLong()
    {
        Upstream.Next(Reply.RateLimited().RemainingTokens(0, "17"));

        Assert.Equal(TimeSpan.FromSeconds(17), (await SendAsync(ChatBodies.Plain())).Failure!.RetryAfter);
    }

    protected override ProviderModel Configure() => new()
    {
        Name = "azure",
        Kind = Kind,
        Endpoint = Upstream.BaseAddress,
        Credential = new Credential.ApiKey(Key),
    };
}
