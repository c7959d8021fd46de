using System.Globalization;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.LocalHost.Logs;

/// <summary>
/// <c>--access-log</c>: one line for each request when its answer has been sent. Method, path without query, status and milliseconds; of a chat also route, model, deployment, attempts,
/// tokens of prompt and answer, and cost. Never a prompt, an answer or a key.
/// </summary>
internal sealed partial class AccessLog(TimeProvider time, ILogger<AccessLog> logger) : IRequestListener
{
    private const int ClientClosedRequest = 499;

    private readonly AsyncLocal<Visit?> _visit = new();

    /// <summary>Stands around everything the server answers.</summary>
    public async Task InvokeAsync(HttpContext http, RequestDelegate next)
    {
        var visit = new Visit();
        _visit.Value = visit;
        var startedAt = time.GetTimestamp();
        try
        {
            await next(http);
        }
        finally
        {
            var status = http.RequestAborted.IsCancellationRequested ? ClientClosedRequest : http.Response.StatusCode;
            LogRequest(http.Request.Method, http.Request.Path.ToUriComponent(), status, (long)time.GetElapsedTime(startedAt).TotalMilliseconds, visit.Chat ?? "", http.TraceIdentifier);
        }
    }

    /// <inheritdoc/>
    public void OnSettled(RequestContext context)
    {
        // Requests of jobs and probes settle without a visit.
        if (_visit.Value is { } visit)
            visit.Chat = Describe(context);
    }

    private static string Describe(RequestContext context)
    {
        long prompt = 0, answer = 0;
        var sent = 0;
        foreach (var attempt in context.Attempts)
        {
            prompt += attempt.Usage.PromptTokens;
            answer += attempt.Usage.CompletionTokens;
            sent += attempt.WasSent ? 1 : 0;
        }

        // Admission may have refused the request before there was a route.
        return string.Create(
            CultureInfo.InvariantCulture,
            $" route={context.Route?.Name ?? "-"} model={context.AnsweringModel ?? "-"} deployment={context.Answered?.Deployment?.Id ?? "-"} attempts={sent} tokens={prompt}+{answer} cost={context.CostUsd}{Failure(context)}");
    }

    private static string Failure(RequestContext context) => context.Error is { } error ? $" error={error.Code}" : "";

    [LoggerMessage(1, LogLevel.Information, "{Method} {Path} {Status} ms={Milliseconds}{Chat} id={RequestId}")]
    private partial void LogRequest(string method, string path, int status, long milliseconds, string chat, string requestId);

    /// <summary>One request on its way, and what its chat came to.</summary>
    private sealed class Visit
    {
        public string? Chat { get; set; }
    }
}
