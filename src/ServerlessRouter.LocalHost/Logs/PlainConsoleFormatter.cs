using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace ServerlessRouter.LocalHost.Logs;

/// <summary>A log entry as one line: time in UTC, level, who says it, and what. No event ids: the sentence is what an operator searches for.</summary>
/// <param name="time">Tells when an entry is written.</param>
internal sealed class PlainConsoleFormatter(TimeProvider time) : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "plain";

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        textWriter.Write(time.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture));
        textWriter.Write(Spoken(logEntry.LogLevel));
        textWriter.Write(logEntry.Category);
        textWriter.Write(": ");
        WriteLine(textWriter, logEntry.Formatter(logEntry.State, logEntry.Exception));
        if (logEntry.Exception is { } exception)
        {
            textWriter.Write(' ');
            WriteLine(textWriter, exception.ToString());
        }

        textWriter.WriteLine();
    }

    private static string Spoken(LogLevel level) => level switch
    {
        LogLevel.Trace => " trace ",
        LogLevel.Debug => " debug ",
        LogLevel.Information => " info ",
        LogLevel.Warning => " warn ",
        LogLevel.Error => " error ",
        LogLevel.Critical => " critical ",
        LogLevel.None => " ",
    };

    /// <summary>Everything on the line that was begun, so that quoted text cannot begin an entry of its own.</summary>
    private static void WriteLine(TextWriter writer, string text)
    {
        foreach (var letter in text)
            writer.Write(char.IsControl(letter) ? ' ' : letter);
    }
}
