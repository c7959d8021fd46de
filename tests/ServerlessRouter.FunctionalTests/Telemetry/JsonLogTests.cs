using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using ServerlessRouter.LocalHost.Logs;
using ServerlessRouter.Testing.Time;
using Xunit;

namespace ServerlessRouter.FunctionalTests.Telemetry;

/// <summary><c>--log-format json</c>: what a program reads of a log entry.</summary>
public sealed class JsonLogTests
{
    private const string TraceId = "0af7651916cd43dd8448eb211c80319c";

    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void Entry_IsOneLine_WithItsNamedValuesAndTheSpanAroundIt()
    {
        using var span = new Activity("around").SetIdFormat(ActivityIdFormat.W3C).Start();

        var entry = Write("Request {RequestId} of {Caller}\nfailed after {Attempts} attempts for {Cost} USD", "req_1", "a \"caller\"", 2, 0.5m);

        Assert.Equal(("error", "the.category", 7, "req_1", "Request req_1 of a \"caller\"\nfailed after 2 attempts for 0.5 USD"),
            ((string?)entry["level"], (string?)entry["category"], (int)entry["event_id"]!, (string?)entry["request_id"], (string?)entry["message"]));
        Assert.Equal((span.TraceId.ToHexString(), span.SpanId.ToHexString()), ((string?)entry["trace_id"], (string?)entry["span_id"]));
        Assert.Equal(_time.GetUtcNow(), DateTimeOffset.Parse((string)entry["time"]!, CultureInfo.InvariantCulture));
        Assert.Equal("""{"Caller":"a \"caller\"","Attempts":2,"Cost":0.5}""", entry["values"]!.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
        Assert.StartsWith("System.InvalidOperationException: a fault", (string?)entry["exception"], StringComparison.Ordinal);
    }

    [Fact]
    public void Entry_WithoutASpanOrValues_HasNone()
    {
        Activity.Current = null;

        var entry = Write("Nothing is named here");

        Assert.Equal(["time", "level", "category", "event_id", "message", "exception"], entry.Select(static member => member.Key));
    }

    [Fact]
    public void Entry_ThatNamesNoRequest_HasTheOneAroundIt_AndTheTraceOfItsCaller()
    {
        Activity.Current = null;
        var scopes = new LoggerExternalScopeProvider();

        using (scopes.Push(new KeyValuePair<string, object?>[] { new("RequestId", "req_around"), new("TraceParent", $"00-{TraceId}-b7ad6b7169203331-01") }))
        {
            var entry = Write(scopes, "Nothing is named here");

            Assert.Equal(("req_around", TraceId, null), ((string?)entry["request_id"], (string?)entry["trace_id"], (string?)entry["span_id"]));
            Assert.Null(entry["values"]);
            Assert.Equal("req_1", (string?)Write(scopes, "Request {RequestId} failed", "req_1")["request_id"]);
        }

        Assert.Null(Write(scopes, "Nothing is named here")["request_id"]);
    }

    private JsonObject Write(string template, params object?[] values) => Write(null, template, values);

    private JsonObject Write(IExternalScopeProvider? scopes, string template, params object?[] values)
    {
        using var output = new StringWriter();
        var names = System.Text.RegularExpressions.Regex.Matches(template, @"\{(\w+)\}").Select(static match => match.Groups[1].Value);
        List<KeyValuePair<string, object?>> state = [.. names.Zip(values, static (name, value) => new KeyValuePair<string, object?>(name, value)), new("{OriginalFormat}", template)];
        var text = names.Zip(values).Aggregate(template, static (text, pair) => text.Replace($"{{{pair.First}}}", Convert.ToString(pair.Second, CultureInfo.InvariantCulture), StringComparison.Ordinal));
        var fault = new InvalidOperationException("a fault");
        new JsonConsoleFormatter(_time).Write(new LogEntry<IReadOnlyList<KeyValuePair<string, object?>>>(LogLevel.Error, "the.category", 7, state, fault, (_, _) => text), scopes, output);
        return JsonNode.Parse(Assert.Single(output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries)))!.AsObject();
    }
}
