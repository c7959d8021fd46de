using Microsoft.Extensions.Logging;
using ServerlessRouter.Testing.Diagnostics;
using Xunit;
using Xunit.Sdk;

namespace ServerlessRouter.Core.Tests.Testing;

public partial class LogCollectorTests
{
    [Fact]
    public void AssertNeverMentions_SecretInMessageValueScopeOrException_Fails()
    {
        foreach (var log in new Action<ILogger>[]
        {
            logger => LogName(logger, "sk-123"),
            logger => LogFailure(logger, new InvalidOperationException("bad sk-123")),
            logger =>
            {
                using (logger.BeginScope("key sk-123"))
                    LogName(logger, "harmless");
            },
        })
        {
            using var collector = new LogCollector();
            log(collector.CreateLogger<LogCollectorTests>());

            Assert.Throws<XunitException>(() => collector.AssertNeverMentions("sk-123"));
            collector.AssertNeverMentions("sk-124");
        }
    }

    [Fact]
    public void AssertNeverMentions_SecretAtTraceOnly_Passes()
    {
        using var collector = new LogCollector();
        LogTrace(collector.CreateLogger<LogCollectorTests>(), "sk-123");

        collector.AssertNeverMentions("sk-123");
        Assert.Single(collector.Entries);
        Assert.Empty(collector.AtLeast(LogLevel.Debug));
    }

    [LoggerMessage(1, LogLevel.Information, "Name {Name}")]
    private static partial void LogName(ILogger logger, string name);

    [LoggerMessage(2, LogLevel.Error, "Failed")]
    private static partial void LogFailure(ILogger logger, Exception exception);

    [LoggerMessage(3, LogLevel.Trace, "Trace {Detail}")]
    private static partial void LogTrace(ILogger logger, string detail);
}
