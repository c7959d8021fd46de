using System.Collections;

namespace ServerlessRouter.LocalHost.Logs;

/// <summary>Stands around everything the server answers, so that each line of the log that is written meanwhile can say for which request it is; only where the log's form has a place for that.</summary>
/// <param name="logger">Any: scopes belong to all of a host's loggers.</param>
internal sealed class RequestScopes(ILogger<RequestScopes> logger)
{
    /// <summary>The name of the request's id in a scope, as in messages.</summary>
    public const string RequestId = "RequestId";

    /// <summary>The name of what its caller says of the trace it belongs to.</summary>
    public const string TraceParent = "TraceParent";

    public async Task InvokeAsync(HttpContext http, RequestDelegate next)
    {
        var scope = new Scope(http);
        using var begun = logger.BeginScope(scope);
        try
        {
            await next(http);
        }
        finally
        {
            scope.End();
        }
    }

    /// <summary>
    /// One request on its way. It has its name only once the router has given it one, so it is read when a line is written. What a request leaves behind, such as a connection to a vendor, may keep
    /// the scope for hours: then it says nothing more, because the server uses the same object for other requests.
    /// </summary>
    private sealed class Scope(HttpContext http) : IReadOnlyList<KeyValuePair<string, object?>>
    {
        private volatile HttpContext? _http = http;

        public int Count => _http is null ? 0 : 2;

        public KeyValuePair<string, object?> this[int index] => index == 0 ? new(RequestId, _http?.TraceIdentifier) : new(TraceParent, _http?.Request.Headers.TraceParent.ToString());

        public void End() => _http = null;

        public IEnumerator<KeyValuePair<string, object?>> GetEnumerator()
        {
            for (var index = 0; index < Count; index++)
                yield return this[index];
        }

        public override string ToString() => $"{RequestId}:{_http?.TraceIdentifier}";

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
