using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace ServerlessRouter.LocalHost.Logs;

/// <summary>
/// A log entry as one JSON object on a line: <c>time</c>, <c>level</c>, <c>category</c>, <c>event_id</c>, <c>message</c>, and where there are any <c>trace_id</c>, <c>span_id</c>, <c>request_id</c>,
/// <c>values</c> (what the message names, by its names) and <c>exception</c>.
/// </summary>
/// <param name="time">Tells when an entry is written.</param>
internal sealed class JsonConsoleFormatter(TimeProvider time) : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "router-json";

    private const string Template = "{OriginalFormat}";
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var output = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(output, Readable))
        {
            writer.WriteStartObject();
            writer.WriteString("time"u8, time.GetUtcNow().UtcDateTime);
            writer.WriteString("level"u8, Spoken(logEntry.LogLevel));
            writer.WriteString("category"u8, logEntry.Category);
            writer.WriteNumber("event_id"u8, logEntry.EventId.Id);
            writer.WriteString("message"u8, logEntry.Formatter(logEntry.State, logEntry.Exception));
            var values = logEntry.State as IReadOnlyList<KeyValuePair<string, object?>> ?? [];
            var request = RequestOfEntry.Of(values, scopeProvider);
            WriteTrace(writer, request.TraceParent);
            if (request.Id is { } id)
                writer.WriteString("request_id"u8, id);
            WriteValues(writer, values);
            if (logEntry.Exception is { } exception)
                writer.WriteString("exception"u8, exception.ToString());
            writer.WriteEndObject();
        }

        textWriter.WriteLine(Encoding.UTF8.GetString(output.WrittenSpan));
    }

    /// <summary>Where the router makes no spans, its caller's trace goes on at the vendor.</summary>
    private static void WriteTrace(Utf8JsonWriter writer, string? caller)
    {
        if (Activity.Current is { IdFormat: ActivityIdFormat.W3C } span)
        {
            writer.WriteString("trace_id"u8, span.TraceId.ToHexString());
            writer.WriteString("span_id"u8, span.SpanId.ToHexString());
        }
        else if (ActivityContext.TryParse(caller, traceState: null, out var trace))
        {
            writer.WriteString("trace_id"u8, trace.TraceId.ToHexString());
        }
    }

    private static void WriteValues(Utf8JsonWriter writer, IReadOnlyList<KeyValuePair<string, object?>> values)
    {
        var hasBegun = false;
        foreach (var (name, value) in values)
        {
            if (name is Template or RequestScopes.RequestId)
                continue;
            if (!hasBegun)
                writer.WriteStartObject("values"u8);
            hasBegun = true;
            Write(writer, name, value);
        }

        if (hasBegun)
            writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, string name, object? value)
    {
        switch (value)
        {
            case null:
                writer.WriteNull(name);
                break;
            case bool flag:
                writer.WriteBoolean(name, flag);
                break;
            case int or long:
                writer.WriteNumber(name, Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
            case decimal amount:
                writer.WriteNumber(name, amount);
                break;
            case double figure when double.IsFinite(figure):
                writer.WriteNumber(name, figure);
                break;
            default:
                writer.WriteString(name, Convert.ToString(value, CultureInfo.InvariantCulture));
                break;
        }
    }

    private static string Spoken(LogLevel level) => level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "information",
        LogLevel.Warning => "warning",
        LogLevel.Error => "error",
        LogLevel.Critical => "critical",
        LogLevel.None => "none",
    };

    /// <summary>The request that an entry is about: the one its message names, else the one around it.</summary>
    private sealed class RequestOfEntry
    {
        public string? Id { get; private set; }

        public string? TraceParent { get; private set; }

        public static RequestOfEntry Of(IReadOnlyList<KeyValuePair<string, object?>> values, IExternalScopeProvider? scopes)
        {
            var request = new RequestOfEntry();
            scopes?.ForEachScope(static (scope, request) => request.Take(scope as IReadOnlyList<KeyValuePair<string, object?>> ?? []), request);
            request.Take(values);
            return request;
        }

        private void Take(IReadOnlyList<KeyValuePair<string, object?>> values)
        {
            foreach (var (name, value) in values)
            {
                if (name == RequestScopes.RequestId && value is string id)
                    Id = id;
                else if (name == RequestScopes.TraceParent && value is string { Length: > 0 } trace)
                    TraceParent = trace;
            }
        }
    }
}
