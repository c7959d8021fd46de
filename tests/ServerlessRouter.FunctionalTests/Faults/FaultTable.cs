using System.Text;
using ServerlessRouter.Testing.Upstreams;
using Xunit;
using static ServerlessRouter.FunctionalTests.Faults.FaultyUpstream;
using static ServerlessRouter.FunctionalTests.Faults.Lesson;

namespace ServerlessRouter.FunctionalTests.Faults;

/// <summary>Every fault that strikes before the client has seen content, so that another model can answer unseen.</summary>
public static class FaultTable
{
    private const int BadGateway = 502;
    internal const int GatewayTimeout = 504;
    private const int TooMany = 429;
    private const int Unavailable = 503;
    private const string Failed = "upstream_error";
    private const string Late = "timeout";
    private const string Full = "capacity_exhausted";
    private const string Down = "temporarily_unavailable";

    private const int QuotaSeconds = 15 * 60;
    private const int RefusedSeconds = 5 * 60;

    private const string Ok = "HTTP/1.1 200 OK\r\n";
    private const string Answer = """{"id":"c","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"hi"},"finish_reason":"stop"}]}""";

    internal static readonly Fault[] All =
    [
        // The connection.
        new("connection refused", Refuses(), BadGateway, Failed, Counts),
        new("host name unknown", IsAt(RefusedEndpoint.UnknownHost), BadGateway, Failed, Counts),
        new("TLS handshake fails", BreaksTls(), BadGateway, Failed, Counts),
        new("reset before headers", Answers(Reply.Text("x").ResetAt(ReplyPoint.BeforeHeaders)), BadGateway, Failed, Counts),
        new("reset within headers", Answers(Reply.Text("x").ResetAt(ReplyPoint.WithinHeaders)), BadGateway, Failed, Counts),
        new("reset after headers", Answers(Reply.Text("x").ResetAt(ReplyPoint.AfterHeaders)), BadGateway, Failed, Counts),
        new("reset before the first token", Answers(Reply.Text("x").ResetAt(ReplyPoint.BeforeFirstToken)), BadGateway, Failed, Counts),
        new("closed before headers", Does(connection => Ends(connection, "")), BadGateway, Failed, Counts),
        new("closed within headers", Does(connection => Ends(connection, Ok + "Content-Ty")), BadGateway, Failed, Counts),
        new("closed after headers", Answers(Reply.Text("x").CutAt(ReplyPoint.AfterHeaders, CutManner.Close)), BadGateway, Failed, Counts),
        new("an answer that is not HTTP", Does(connection => Ends(connection, "SSH-2.0-OpenSSH_9.6\r\n")), BadGateway, Failed, Counts),

        // The body of a 200.
        new("empty 200", Answers(Reply.Empty()), BadGateway, Failed, Counts),
        new("empty JSON object", Answers(Reply.Body("{}", "application/json")), BadGateway, Failed, Counts),
        new("200 without choices", Answers(Reply.Body("""{"id":"c","choices":[]}""", "application/json")), BadGateway, Failed, Counts),
        new("200 with a page", Answers(Reply.Body("<html><body>Please log in</body></html>", "text/html")), BadGateway, Failed, Counts),
        new("200 that is not JSON", Answers(Reply.Body("model is loading", "application/json")), BadGateway, Failed, Counts),
        new("200 with an array", Answers(Reply.Body("[]", "application/json")), BadGateway, Failed, Counts),
        new("200 whose JSON is cut short", Answers(Reply.Body(Answer[..^20], "application/json")), BadGateway, Failed, Counts),
        new("200 shorter than announced", Does(connection => Ends(connection, $"{Ok}Content-Type: application/json\r\nContent-Length: 5000\r\n\r\n{Answer[..^20]}")), BadGateway, Failed, Counts),
        new("stream with nothing but [DONE]", Answers(Reply.Events("[DONE]")), BadGateway, Failed, Counts),
        new("stream of comments that ends", Answers(Reply.Body(": ping\n\n: ping\n\n", "text/event-stream")), BadGateway, Failed, Counts),
        new("stream whose first event is not JSON", Answers(Reply.Events("{oops", "[DONE]")), BadGateway, Failed, Counts),
        new("stream cut inside its first event", Answers(Reply.Text("hello there").CutInsideChunk(1)), BadGateway, Failed, Counts),
        new("gzip that is not gzip", Answers(Reply.Body(Answer, "application/json").Header("Content-Encoding", "gzip")), BadGateway, Failed, Counts),
        new("flood before any content", Does(FloodsAsync), BadGateway, Failed, Counts) { Ways = Ways.Streamed },

        // Errors inside a 200.
        new("error inside a 200", Answers(Reply.Text("x").ErrorAfterChunk(0)), BadGateway, Failed, Counts),
        new("overload inside a 200", Answers(Reply.Text("x").ErrorAfterChunk(0, 529, "Overloaded", "overloaded_error")), Unavailable, Down, Counts),
        new("rate limit inside a 200", Answers(Reply.Text("x").ErrorAfterChunk(0, 429, "Slow down", "rate_limit_exceeded")), TooMany, Full, OutFor(1))
        {
            RetryAfterSeconds = 1,
        },

        // 5xx and their like.
        new("500", Answers(Reply.Status(500)), BadGateway, Failed, Counts),
        new("502 with a page", Answers(Reply.HtmlBadGateway()), BadGateway, Failed, Counts),
        new("503", Answers(Reply.Status(503)), BadGateway, Failed, Counts),
        new("503 with Retry-After", Answers(Reply.Status(503).RetryAfter(9)), BadGateway, Failed, Counts),
        new("504", Answers(Reply.Status(504)), BadGateway, Failed, Counts),
        new("529 overloaded", Answers(Reply.Overloaded()), Unavailable, Down, Counts),
        new("408", Answers(Reply.Status(408)), BadGateway, Failed, Counts),
        new("500 cut inside its body", Does(connection => Ends(connection, "HTTP/1.1 500 No\r\nContent-Length: 900\r\n\r\n{\"err")), BadGateway, Failed, Counts),

        // 429 in all its shapes.
        new("429 without any hint", Answers(Reply.RateLimited()), TooMany, Full, OutFor(1)) { RetryAfterSeconds = 1 },
        new("429 with Retry-After in seconds", Answers(Reply.RateLimited().RetryAfter(20)), TooMany, Full, OutFor(20)) { RetryAfterSeconds = 20, MayBeRetried = true },
        new("429 with retry-after-ms", Answers(Reply.RateLimited().RetryAfterMilliseconds(12_000)), TooMany, Full, OutFor(12)) { RetryAfterSeconds = 12, MayBeRetried = true },
        new("429 with OpenAI's reset", Answers(Reply.RateLimited().RemainingRequests(0, "30s")), TooMany, Full, OutFor(30)) { RetryAfterSeconds = 30, MayBeRetried = true },
        new("429 with Azure's reset", Answers(Reply.RateLimited().RemainingTokens(0, "17")), TooMany, Full, OutFor(17)) { RetryAfterSeconds = 17, MayBeRetried = true },
        new("429 that asks for an hour", Answers(Reply.RateLimited().RetryAfter(3600)), TooMany, Full, OutFor(120)) { RetryAfterSeconds = 3600, MayBeRetried = true },
        new("429 quota used up", Answers(Reply.QuotaExhausted()), Unavailable, Down, OutFor(QuotaSeconds)),
        new("402 credit used up", Answers(Reply.Error(402, "Insufficient credits", "billing_error")), Unavailable, Down, OutFor(QuotaSeconds)),

        // The router's own credential or configuration: never the client's business.
        new("401", Answers(Reply.InvalidKey()), BadGateway, Failed, OutFor(RefusedSeconds)),
        new("403", Answers(Reply.Forbidden()), BadGateway, Failed, OutFor(RefusedSeconds)),
        new("404 deployment unknown", Answers(Reply.DeploymentNotFound()), BadGateway, Failed, OutFor(RefusedSeconds)),
        new("redirect", Answers(Reply.Body("", "text/plain", 302).Header("Location", "http://127.0.0.1:1/")), BadGateway, Failed, OutFor(RefusedSeconds)),

        // The request itself: as is, and no other model is asked.
        new("400 context length", Answers(Reply.ContextLengthExceeded()), 400, "context_length_exceeded", None) { IsFinal = true, Says = "maximum context length" },
        new("400 content filter", Answers(Reply.ContentFiltered()), 400, "content_filter", None) { IsFinal = true, Says = "content management policy" },
        new("400 of another kind", Answers(Reply.Error(400, "temperature must be at most 2", "invalid_request_error", "invalid_value", "temperature")), 400, "invalid_value", None)
        {
            IsFinal = true,
            Says = "temperature must be at most 2",
        },
        new("422", Answers(Reply.Error(422, "Unprocessable tool schema", "invalid_request_error", "unprocessable")), 422, "unprocessable", None)
        {
            IsFinal = true,
            Says = "Unprocessable tool schema",
        },

        // Silence.
        new("hang before headers", Answers(Reply.Text("x").HangAt(ReplyPoint.BeforeHeaders)), GatewayTimeout, Late, Counts),
        new("hang within headers", Answers(Reply.Text("x").HangAt(ReplyPoint.WithinHeaders)), GatewayTimeout, Late, Counts),
        new("hang after headers", Answers(Reply.Text("x").HangAt(ReplyPoint.AfterHeaders)), GatewayTimeout, Late, Counts),
        new("hang before the first token", Answers(Reply.Text("x").HangAt(ReplyPoint.BeforeFirstToken)), GatewayTimeout, Late, Counts),
        new("comments without end", Does(CommentsAsync), GatewayTimeout, Late, Counts) { Ways = Ways.Streamed },
        new("error whose body never ends", Does(connection => Hangs(connection, "HTTP/1.1 503 No\r\nContent-Length: 900\r\n\r\n{\"err")), GatewayTimeout, Late, Counts),
    ];

    /// <summary>Every fault, in each way of asking in which it can happen.</summary>
    public static TheoryData<string, bool> Scenarios => Rows(All);

    /// <summary>Those after which another model is asked.</summary>
    public static TheoryData<string, bool> Survivable => Rows(All.Where(fault => !fault.IsFinal));

    /// <summary>Those for which the request is to blame.</summary>
    public static TheoryData<string, bool> Final => Rows(All.Where(fault => fault.IsFinal));

    internal static Fault Find(string name) => All.Single(fault => fault.Name == name);

    private static TheoryData<string, bool> Rows(IEnumerable<Fault> faults)
    {
        var rows = new TheoryData<string, bool>();
        foreach (var fault in faults)
        {
            if (fault.Ways.HasFlag(Ways.Plain))
                rows.Add(fault.Name, false);
            if (fault.Ways.HasFlag(Ways.Streamed))
                rows.Add(fault.Name, true);
        }

        return rows;
    }

    private static async Task Ends(RawConnection connection, string sent)
    {
        await connection.SendAsync(sent);
        connection.Close();
        await connection.WaitForCloseAsync();
    }

    private static async Task Hangs(RawConnection connection, string sent)
    {
        await connection.SendAsync(sent);
        await connection.WaitForCloseAsync();
    }

    private static async Task FloodsAsync(RawConnection connection)
    {
        var prelude = Encoding.UTF8.GetBytes($$$"""data: {"id":"c","choices":[{"index":0,"delta":{"role":"assistant","x":"{{{new string('y', 2000)}}}"}}]}""" + "\n\n");
        await connection.SendAsync($"{Ok}Content-Type: text/event-stream\r\n\r\n");
        while (true)
            await connection.SendAsync(prelude);
    }

    private static async Task CommentsAsync(RawConnection connection)
    {
        await connection.SendAsync($"{Ok}Content-Type: text/event-stream\r\n\r\n: OPENROUTER PROCESSING\n\n: OPENROUTER PROCESSING\n\n");
        await connection.WaitForCloseAsync();
    }
}
