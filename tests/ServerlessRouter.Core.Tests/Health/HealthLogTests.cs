using Microsoft.Extensions.Logging;
using ServerlessRouter.Errors;
using ServerlessRouter.Health;
using ServerlessRouter.Testing.Diagnostics;
using Xunit;

namespace ServerlessRouter.Core.Tests.Health;

public sealed class HealthLogTests
{
    [Theory]
    [InlineData(FailureKind.CredentialRefused, LogLevel.Error)]
    [InlineData(FailureKind.QuotaExhausted, LogLevel.Error)]
    [InlineData(FailureKind.RateLimited, LogLevel.Information)]
    public async Task OnOpened_ByTheFailure_IsAsLoudAsTheOperatorMustAct(FailureKind kind, LogLevel level)
    {
        using var log = new LogCollector();
        var world = new HealthWorld();
        world.Registry.Announce(new HealthLog(log.CreateLogger<HealthLog>()));

        await world.CallAsync(kind);

        var entry = Assert.Single(log.Entries);
        Assert.Equal(level, entry.Level);
        Assert.True(entry.Mentions("m/0"));
    }
}
