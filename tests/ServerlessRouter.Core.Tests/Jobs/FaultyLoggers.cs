using Microsoft.Extensions.Logging;

namespace ServerlessRouter.Core.Tests.Jobs;

/// <summary>Loggers that throw where a test wants a bug of the router's, and keep nothing.</summary>
internal sealed class FaultyLoggers(Predicate<string>? fails) : ILoggerFactory, ILogger
{
    public ILogger CreateLogger(string categoryName) => this;

    public bool IsEnabled(LogLevel logLevel) => fails is not null;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (fails?.Invoke(formatter(state, exception)) == true)
            throw new InvalidOperationException("a bug where this is logged");
    }

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public void Dispose()
    {
    }
}
