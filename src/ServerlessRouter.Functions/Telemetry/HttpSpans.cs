using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using ServerlessRouter.Http;
using ServerlessRouter.Telemetry;

namespace ServerlessRouter.Functions.Telemetry;

/// <summary>The span of one HTTP request to the app, above those that the router makes for it. Its row is the one to find a request by.</summary>
internal static class HttpSpans
{
    public const string SourceName = "ServerlessRouter.Functions";

    /// <summary>The pattern of the path.</summary>
    public const string Route = "http.route";

    private const string Method = "http.request.method";
    private const string RequestIdHeader = "x-request-id";
    private const string StatusCode = "http.response.status_code";

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>Answers below a span, where something listens.</summary>
    public static Task WithinAsync(HttpContext http, RouterEndpoint endpoint) =>
        Source.HasListeners() ? TracedAsync(http, endpoint) : endpoint.Handler(http);

    private static async Task TracedAsync(HttpContext http, RouterEndpoint endpoint)
    {
        using var span = Begin(http.Request, endpoint);
        try
        {
            await endpoint.Handler(http);
            End(span, http, http.Response.StatusCode);
        }
        catch
        {
            // What is above makes it an error of the router's own, or cuts the answer off.
            End(span, http, StatusCodes.Status500InternalServerError);
            throw;
        }
    }

    private static Activity? Begin(HttpRequest request, RouterEndpoint endpoint)
    {
        // What the worker or the server has under way is shown by nothing; the caller's own span is what this one stands below.
        Activity.Current = null;
        _ = ActivityContext.TryParse(request.Headers.TraceParent, request.Headers.TraceState, isRemote: true, out var caller);
        var route = "/" + endpoint.Pattern;
        var span = Source.StartActivity($"{request.Method} {route}", ActivityKind.Server, caller);
        span?.SetTag(Method, request.Method);
        span?.SetTag(Route, route);
        return span;
    }

    private static void End(Activity? span, HttpContext http, int status)
    {
        if (span is null)
            return;
        span.SetTag(StatusCode, status);
        if (status >= StatusCodes.Status500InternalServerError)
            span.SetStatus(ActivityStatusCode.Error);
        if (http.Response.Headers.TryGetValue(RequestIdHeader, out var id))
            span.SetTag(RouterAttributes.RequestId, id.ToString());
    }
}
