using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Xunit.Sdk;

namespace ServerlessRouter.Testing.Diagnostics;

/// <summary>Keeps everything that is logged, at every level, for a test to read.</summary>
public sealed class LogCollector : ILoggerProvider, ISupportExternalScope
{
    private readonly ConcurrentQueue<LogEntry> _entries = new();
    private IExternalScopeProvider? _scopes;

    public IReadOnlyList<LogEntry> Entries => [.. _entries];

    public ILogger CreateLogger(string categoryName) => new CollectingLogger(categoryName, this);

    public ILogger<T> CreateLogger<T>() => new Logger<T>(new LoggerFactory([this], new LoggerFilterOptions { MinLevel = LogLevel.Trace }));

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

    /// <summary>The entries at <paramref name="level"/> or worse.</summary>
    public IReadOnlyList<LogEntry> AtLeast(LogLevel level) => [.. _entries.Where(entry => entry.Level >= level)];

    /// <summary>Fails if <paramref name="secret"/> was logged at a level that operators switch on.</summary>
    public void AssertNeverMentions(string secret, LogLevel from = LogLevel.Debug)
    {
        var leak = _entries.FirstOrDefault(entry => entry.Level >= from && entry.Mentions(secret));
        if (leak is not null)
            throw new XunitException($"'{secret}' was logged: {leak}");
    }

    public void Dispose()
    {
    }

    internal IExternalScopeProvider? Scopes => _scopes;

    internal void Add(LogEntry entry) => _entries.Enqueue(entry);
}
