using Microsoft.Extensions.Logging.Abstractions;
using ServerlessRouter.Configuration;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Providers;
using ServerlessRouter.Testing.Chance;
using ServerlessRouter.Testing.Suites;
using ServerlessRouter.Testing.Time;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.Core.Tests.Providers;

public sealed class ProvidersStageTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public async Task InvokeAsync_Call_IsTimedSentAndAnsweredByTheKind()
    {
        var attempt = await InvokeAsync(ProviderKinds.Simulated, ChatBodies.Plain());

        Assert.True(attempt.WasSent);
        Assert.Equal(_time.GetTimestamp(), attempt.StartedAt);
    }

    [Fact]
    public async Task InvokeAsync_NotExpressible_CountsAsNotSent()
    {
        var attempt = await InvokeAsync(ProviderKinds.Anthropic, ChatBodies.With(ChatBodies.Plain(), "n", "2"));

        Assert.False(attempt.WasSent);
    }

    private async Task<AttemptContext> InvokeAsync(ProviderKind kind, byte[] body)
    {
        await using var registry = new ProviderRegistry(_time, new SeededRandomSource(1), NullLoggerFactory.Instance);
        var provider = new ProviderModel { Name = "p", Kind = kind, Endpoint = new Uri("http://127.0.0.1:1/"), Credential = Credential.None.Instance };
        using var request = ScannedRequest.Of(body);
        var attempt = ProviderAttempts.Of(request, ProviderAttempts.Model(provider));

        var result = await new ProvidersStage(registry, _time).InvokeAsync(
            attempt, (_, _) => throw new InvalidOperationException("nothing comes after the providers"), CancellationToken.None);

        Assert.Equal(kind == ProviderKinds.Simulated, result.Answer is not null);
        result.Answer?.Dispose();
        return attempt;
    }
}
