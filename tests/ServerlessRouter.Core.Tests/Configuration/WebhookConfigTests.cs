using Xunit;

namespace ServerlessRouter.Core.Tests.Configuration;

public sealed class WebhookConfigTests
{
    [Fact]
    public async Task Accepts_NothingWritten_NoReceiverIsTold() => Assert.False((await new ConfigurationDraft().AcceptAsync()).Webhooks.IsOn);

    [Fact]
    public async Task Accepts_HostsWithoutSecret_NoReceiverIsTold() =>
        Assert.False((await new ConfigurationDraft().Set("webhooks", """{"privateHosts":["hooks.internal","127.0.0.1","::1"]}""").AcceptAsync()).Webhooks.IsOn);

    [Fact]
    public Task Rejects_SecretThatStandsThere() =>
        new ConfigurationDraft().Set("webhooks", """{"secret":"my-s3cret-itself"}""").RejectAsync("webhooks.secret", "is not a reference");

    [Fact]
    public Task Rejects_Hash() =>
        new ConfigurationDraft().Set("webhooks", """{"secret":"sha256:00"}""").RejectAsync("webhooks.secret", "signs nothing");

    [Fact]
    public Task Rejects_SecretThatIsNotThere() =>
        new ConfigurationDraft().Set("webhooks", """{"secret":"env:ROUTER_TEST_UNSET"}""").RejectAsync("webhooks.secret", "ROUTER_TEST_UNSET");

    [Theory]
    [InlineData("https://hooks.internal")]
    [InlineData("hooks.internal:80")]
    [InlineData("a b")]
    public Task Rejects_PrivateHostThatIsNoHost(string host) =>
        new ConfigurationDraft().Set("webhooks", $$"""{"privateHosts":["fine.internal","{{host}}"]}""").RejectAsync("webhooks.privateHosts[1]", "is no host");
}
