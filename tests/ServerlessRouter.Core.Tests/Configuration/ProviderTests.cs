using ServerlessRouter.Configuration;
using Xunit;

namespace ServerlessRouter.Core.Tests.Configuration;

public class ProviderTests
{
    [Fact]
    public async Task Accepts_CredentialFromTheEnvironment()
    {
        var router = await new ConfigurationDraft().AcceptAsync();

        var vendor = router.Providers[0];
        Assert.Equal(new Credential.ApiKey(ConfigurationDraft.ProviderSecret, "env:VENDOR_KEY"), vendor.Credential);
        Assert.Equal(new Uri("https://api.openai.com/v1/"), vendor.Endpoint);
        Assert.Equal(new Uri("https://team.openai.azure.com/"), router.Providers[1].Endpoint);
        Assert.IsType<Credential.Entra>(router.Providers[1].Credential);
        Assert.DoesNotContain("s3cret", vendor.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://127.0.0.1:11434/v1", "http://127.0.0.1:11434/v1/")]
    [InlineData("http://localhost:8000/v1/", "http://localhost:8000/v1/")]
    public async Task Accepts_ServerOnThisMachineWithoutCredential(string written, string endpoint)
    {
        var router = await new ConfigurationDraft().Set("providers.vendor", $$"""{"kind":"openai","endpoint":"{{written}}"}""").AcceptAsync();

        Assert.IsType<Credential.None>(router.Providers[0].Credential);
        Assert.Equal(endpoint, router.Providers[0].Endpoint!.AbsoluteUri);
    }

    [Fact]
    public async Task Accepts_SimulationInWrittenUnits()
    {
        var router = await new ConfigurationDraft()
            .Set("providers.sim.simulation", """{"firstTokenMilliseconds":90,"tokensPerSecond":40.5,"failureRate":0.25}""").AcceptAsync();

        Assert.Equal(new SimulationModel { FirstTokenLatency = TimeSpan.FromMilliseconds(90), TokensPerSecond = 40.5, FailureRate = 0.25 }, router.Providers[2].Simulation);
        Assert.Null(router.Providers[0].Simulation);
    }

    [Fact]
    public async Task Accepts_ResponsesOfAProviderAndOfADeployment()
    {
        var plain = await new ConfigurationDraft().AcceptAsync();
        var elsewhere = await new ConfigurationDraft().Set("providers.vendor.endpoint", "\"https://models.example.com/v1/\"").AcceptAsync();
        var router = await new ConfigurationDraft().Set("providers.vendor.responses", "true").Set("models.large.deployments.0.responses", "true").AcceptAsync();

        Assert.True(plain.Providers[0].HasResponses);
        Assert.False(elsewhere.Providers[0].HasResponses);
        Assert.False(plain.Models[1].Deployments[0].OnlyResponses);
        Assert.Equal((true, true, false), (router.Providers[0].HasResponses, router.Models[1].Deployments[0].OnlyResponses, router.Models[1].Deployments[1].OnlyResponses));
    }

    [Fact]
    public async Task Rejects_ResponsesOfAKindWithoutThem()
    {
        await new ConfigurationDraft().Set("providers.sim.responses", "true").RejectAsync("providers.sim.responses", "has a meaning for openai and azure-openai only; leave it out");
        await new ConfigurationDraft().Set("models.mini.deployments.0", """{"provider":"sim","responses":true}""")
            .RejectAsync("models.mini.deployments[0].responses", "has a meaning for openai and azure-openai only; leave it out");
    }

    [Theory]
    [InlineData("sk-proj-abcdef")]
    [InlineData("pr0vider-s3cret-value")]
    [InlineData("vault:s3cret")]
    public async Task Rejects_LiteralSecret_WithoutRepeatingIt(string secret) =>
        await new ConfigurationDraft().Set("providers.vendor.credential", $"\"{secret}\"")
            .RejectAsync("providers.vendor.credential", "is not a reference to a secret, and secrets must not stand in the configuration; write env:NAME");

    [Theory]
    [InlineData("""{"key":"sk-abc"}""", "must be a text, but is an object")]
    [InlineData("12345678", "must be a text, but is a number")]
    public async Task Rejects_CredentialOfWrongKind_WithoutRepeatingIt(string json, string message) =>
        await new ConfigurationDraft().Set("providers.vendor.credential", json).RejectAsync("providers.vendor.credential", message);

    [Fact]
    public async Task Rejects_SecretInUnknownMember_WithoutRepeatingIt() =>
        await new ConfigurationDraft().Set("providers.vendor.apiKey", "\"sk-abc\"").RejectAsync("providers.vendor.apiKey", "there is no member \"apiKey\" here");

    [Theory]
    [InlineData("env:NOT_SET", "the environment variable NOT_SET is not set")]
    [InlineData("env:sk-abc", "the environment variable it names is not set")]
    [InlineData("keyvault:openai", "this host has no keyvault: secrets; use env:NAME")]
    [InlineData("sha256:00", "is a hash, which opens nothing")]
    [InlineData("entra", "can be entra for azure-openai and anthropic only")]
    public async Task Rejects_ReferenceThatLeadsNowhere(string reference, string message) =>
        await new ConfigurationDraft().Set("providers.vendor.credential", $"\"{reference}\"").RejectAsync("providers.vendor.credential", message);

    [Theory]
    [InlineData("os.environ/VENDOR_KEY")]
    [InlineData("${VENDOR_KEY}")]
    [InlineData("${env:VENDOR_KEY}")]
    [InlineData("$VENDOR_KEY")]
    [InlineData("{{ VENDOR_KEY }}")]
    [InlineData("%VENDOR_KEY%")]
    [InlineData("process.env.VENDOR_KEY")]
    [InlineData("ENV:VENDOR_KEY")]
    [InlineData("env: VENDOR_KEY")]
    [InlineData("env.VENDOR_KEY")]
    public async Task Rejects_ReferenceAsOtherProgramsWriteIt_SaysHowThisOneDoes(string reference) =>
        await new ConfigurationDraft().Set("providers.vendor.credential", $"\"{reference}\"").RejectAsync("providers.vendor.credential", "write env:VENDOR_KEY");

    [Theory]
    [InlineData("$sk_live_s3cret")]
    [InlineData("${AIzaS3cret0123456789}")]
    public async Task Rejects_SecretThatLooksLikeSuchAReference_WithoutRepeatingIt(string secret)
    {
        var error = Assert.Single((await new ConfigurationDraft().Set("providers.vendor.credential", $"\"{secret}\"").LoadAsync()).Errors);

        Assert.DoesNotContain("3cret", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rejects_SecretWithALineEnd()
    {
        var result = await new ConfigurationDraft().LoadAsync(("VENDOR_KEY", "pr0vider-s3cret\n"));

        var error = Assert.Single(result.Errors);
        Assert.Contains("ends with a line end; was it copied along?", error.Message, StringComparison.Ordinal);
        ConfigurationDraft.AssertNoSecret(error);
    }

    [Fact]
    public async Task Rejects_RemoteProviderWithoutCredential()
    {
        await new ConfigurationDraft().Remove("providers.vendor.credential").Set("providers.vendor.endpoint", "\"https://gateway.example.com/v1\"").RejectAsync("providers.vendor.credential", "is missing; write env:NAME");
        await new ConfigurationDraft().Remove("providers.vendor.credential").RejectAsync("providers.vendor.credential", "OPENAI_API_KEY is not set");
        await new ConfigurationDraft().Remove("providers.azure.credential").RejectAsync("providers.azure.credential", "AZURE_OPENAI_API_KEY is not set");
    }

    [Theory]
    [InlineData("team.openai.azure.com")]
    [InlineData("ftp://team.openai.azure.com/")]
    [InlineData("https://user:s3cret@host/v1/")]
    [InlineData("https://host/v1/?key=s3cret")]
    public async Task Rejects_EndpointThatCannotBeCalled_WithoutRepeatingIt(string endpoint) =>
        await new ConfigurationDraft().Set("providers.azure.endpoint", $"\"{endpoint}\"").RejectAsync("providers.azure.endpoint", "must be an absolute http or https address");

    [Theory]
    [InlineData("openai", "https://host/v1/chat/completions", "chat/completions")]
    [InlineData("anthropic", "https://api.anthropic.com/v1/messages", "messages")]
    [InlineData("azure-openai", "https://team.openai.azure.com/openai/v1/", "openai/")]
    public async Task Rejects_EndpointThatGoesOnToTheCall(string kind, string endpoint, string operation) =>
        await new ConfigurationDraft().Set("providers.vendor", $$"""{"kind":"{{kind}}","credential":"env:VENDOR_KEY","endpoint":"{{endpoint}}"}""")
            .RejectAsync("providers.vendor.endpoint", $"goes on to {operation}, which the router adds itself");

    [Fact]
    public async Task Rejects_AzureWithoutEndpoint() =>
        await new ConfigurationDraft().Remove("providers.azure.endpoint").RejectAsync("providers.azure.endpoint", "https://NAME.openai.azure.com/");

    [Theory]
    [InlineData("providers.vendor.apiVersion", "\"2024-10-21\"", "azure-openai only")]
    [InlineData("providers.vendor.simulation", "{}", "simulated only")]
    [InlineData("providers.sim.endpoint", "\"https://host/\"", "no meaning for a simulated provider")]
    [InlineData("providers.sim.credential", "\"env:VENDOR_KEY\"", "no meaning for a simulated provider")]
    public async Task Rejects_MemberOfAnotherKind(string member, string json, string message) =>
        await new ConfigurationDraft().Set(member, json).RejectAsync(member, message);

    [Fact]
    public async Task Rejects_ProviderNameWithSlash() =>
        await new ConfigurationDraft().Set("providers.eu/west", """{"kind":"simulated"}""").RejectAsync("providers[\"eu/west\"]", "has a slash in its name");

    [Fact]
    public async Task Warns_CredentialOverPlainHttp() =>
        await new ConfigurationDraft().Set("providers.vendor.endpoint", "\"http://models.internal/v1/\"").WarnAsync("providers.vendor.endpoint", "is plain http");
}
