using Microsoft.Extensions.Logging;

namespace ServerlessRouter.Testing.Diagnostics;

/// <summary>One thing the router logged, with everything a sink could have written down.</summary>
public sealed record LogEntry(
    string Category,
    LogLevel Level,
    EventId Event,
    string Message,
    IReadOnlyList<KeyValuePair<string, object?>> Values,
    IReadOnlyList<string> Scopes,
    Exception? Exception)
{
    /// <summary>Whether the message, a value, a scope or the exception contains <paramref name="text"/>.</summary>
    public bool Mentions(string text) =>
        Contains(Message, text)
        || Values.Any(value => Contains(value.Value?.ToString(), text))
        || Scopes.Any(scope => Contains(scope, text))
        || Contains(Exception?.ToString(), text);

    public override string ToString() => $"{Level} {Category}: {Message}{(Exception is null ? "" : $" ({Exception.GetType().Name}: {Exception.Message})")}";

    private static bool Contains(string? whole, string text) => whole?.Contains(text, StringComparison.OrdinalIgnoreCase) == true;
}
