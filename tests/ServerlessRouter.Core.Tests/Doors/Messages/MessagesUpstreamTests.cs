using System.Buffers;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Doors.Messages;
using ServerlessRouter.Providers;
using ServerlessRouter.Testing.Chance;
using ServerlessRouter.Testing.Suites;
using ServerlessRouter.Testing.Upstreams;
using Xunit;

namespace ServerlessRouter.Core.Tests.Doors.Messages;

/// <summary>What reaches a vendor of a request that came in as Anthropic's messages, over real sockets.</summary>
public sealed class MessagesUpstreamTests : IAsyncLifetime
{
    private FakeUpstream _upstream = null!;

    public async Task InitializeAsync() => _upstream = await FakeUpstream.StartAsync();

    public async Task DisposeAsync() => await _upstream.DisposeAsync();

    [Fact]
    public async Task Send_AgentsTurnToAnotherVendor_IsPlain()
    {
        var sent = await SendAsync(AgentConversation.Request.Replace("\"stream\": true,", "", StringComparison.Ordinal), ProviderKinds.OpenAI);

        Assert.DoesNotContain("cache_control", sent.BodyText, StringComparison.Ordinal);
        Assert.Equal("vendor-model", (string)sent.Json!["model"]!);
        Assert.Equal(["system", "user", "assistant", "tool", "tool", "tool", "user"], sent.Json["messages"]!.AsArray().Select(static message => (string)message!["role"]!));
    }

    [Theory]
    [InlineData("EqQB", "thinking")]
    [InlineData("", "text")]
    [InlineData("srr1.eyJmaWVsZCI6InJlYXNvbmluZyJ9", "text")]
    public async Task Send_ToAnthropic_LeavesOtherVendorsThinkingOut(string signature, string first)
    {
        var sent = await SendAsync(
            MessagesChat.Of($$"""[{"role":"user","content":"x"},{"role":"assistant","content":[{"type":"thinking","thinking":"hm","signature":"{{signature}}"},{"type":"text","text":"y"}]},{"role":"user","content":"z"}]"""), ProviderKinds.Anthropic);

        Assert.Equal("/v1/messages", sent.Path);
        Assert.Equal(first, (string)sent.Json!["messages"]![1]!["content"]![0]!["type"]!);
    }

    private async Task<UpstreamRequest> SendAsync(string messages, ProviderKind kind)
    {
        var bytes = Encoding.UTF8.GetBytes(messages);
        var pooled = ArrayPool<byte>.Shared.Rent(bytes.Length);
        bytes.CopyTo(pooled, 0);
        Assert.True(MessagesDoor.Instance.TryRead(pooled, bytes.Length, out var request, out var error), error?.Message);
        var provider = new ProviderModel
        {
            Name = "vendor", Kind = kind, Credential = new Credential.ApiKey("k"),
            Endpoint = kind == ProviderKinds.Anthropic ? _upstream.BaseAddress : _upstream.OpenAiAddress,
        };
        await using var registry = new ProviderRegistry(TimeProvider.System, new SeededRandomSource(1), NullLoggerFactory.Instance);
        using (request)
        {
            var result = await registry.Get(kind).SendAsync(ProviderAttempts.Of(request, ProviderAttempts.Model(provider, capabilities: Capabilities.Reasoning)), CancellationToken.None);
            Assert.Null(result.Failure);
            result.Answer?.Dispose();
        }

        return _upstream.Books.Requests[^1];
    }
}
