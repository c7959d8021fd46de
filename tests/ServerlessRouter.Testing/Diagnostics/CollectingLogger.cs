using Microsoft.Extensions.Logging;

namespace ServerlessRouter.Testing.Diagnostics;

internal sealed class CollectingLogger(string category, LogCollector collector) : ILogger
{
    public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => collector.Scopes?.Push(state);

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var values = state as IReadOnlyList<KeyValuePair<string, object?>>;
        var scopes = new List<string>();
        collector.Scopes?.ForEachScope(static (scope, list) => list.Add(scope?.ToString() ?? ""), scopes);
        // Values are copied: a log state may be pooled by its logger.
        collector.Add(new LogEntry(category, logLevel, eventId, formatter(state, exception), values is null ? [] : [.. values], scopes, exception));
    }
}
