using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Template;
using ServerlessRouter.Errors;
using ServerlessRouter.Http.Browsers;
using ServerlessRouter.Http.Wire;

namespace ServerlessRouter.Http;

/// <summary>
/// Answers whatever the table does not list: what it lists under Azure's path (<c>/openai/v1/batches</c>, <c>/openai/batches?api-version=…</c>), a browser's question before a page's
/// request, a method that a URL does not have, or a URL that is none of the router's.
/// </summary>
/// <remarks>Here rather than in a host's routing, because not every host can map a URL once for some methods and once for the others.</remarks>
internal sealed class UnlistedRequestHandler
{
    /// <summary>What Azure's clients put before a path, behind which OpenAI's own path follows without its version; the longer one first.</summary>
    private static readonly string[] AzureBeginnings = ["/openai/v1/", "/openai/"];

    private readonly ImmutableArray<(TemplateMatcher Matcher, RouterEndpoint Endpoint)> _listed;

    public UnlistedRequestHandler(IEnumerable<RouterEndpoint> endpoints) =>
        _listed = [.. endpoints.Select(static endpoint => (new TemplateMatcher(TemplateParser.Parse(endpoint.Pattern), []), endpoint))];

    public ValueTask HandleAsync(HttpContext http)
    {
        var path = OpenAIPathOf(http.Request.Path);
        if (path is { } own && Find(own, http.Request.Method, out var values) is { } endpoint)
            return AnswerAsync(http, endpoint, own, values);
        if (Preflight.IsAsked(http.Request))
            return Preflight.Answer(http, EndpointGuard.AccessTo(http.Request)) is { } refused ? ErrorAnswer.WriteAsync(http.Response, refused, http.RequestAborted) : default;
        var methods = MethodsOf(path ?? http.Request.Path);
        if (methods.Length == 0)
            return ErrorAnswer.WriteAsync(http.Response, NoSuchUrl.Explain(http.Request.Path), http.RequestAborted);
        http.Response.Headers.Allow = methods;
        return ErrorAnswer.WriteAsync(http.Response, NoSuchMethod(http.Request, methods), http.RequestAborted);
    }

    /// <summary>The path of OpenAI's that one of Azure's stands for; null for any other.</summary>
    private static PathString? OpenAIPathOf(PathString path)
    {
        var beginning = path.StartsWithSegments(EndpointPatterns.AzureDeployments) ? null : Array.Find(AzureBeginnings, known => path.Value?.StartsWith(known, StringComparison.OrdinalIgnoreCase) == true);
        // Not by "? null :", which would be the path of a null text.
        if (beginning is null)
            return null;
        return new PathString($"/v1/{path.Value![beginning.Length..]}");
    }

    private RouterEndpoint? Find(PathString path, string method, out RouteValueDictionary values)
    {
        values = [];
        foreach (var (matcher, endpoint) in _listed)
        {
            if (endpoint.Methods.Contains(method, StringComparer.OrdinalIgnoreCase) && matcher.TryMatch(path, values))
                return endpoint;
            values.Clear();
        }

        return null;
    }

    private static async ValueTask AnswerAsync(HttpContext http, RouterEndpoint endpoint, PathString path, RouteValueDictionary values)
    {
        http.Request.Path = path;
        http.Request.RouteValues = values;
        await endpoint.Handler(http);
    }

    /// <summary>Separated by commas; empty when the URL is not listed at all.</summary>
    private string MethodsOf(PathString path) => string.Join(", ", _listed
        .Where(listed => listed.Matcher.TryMatch(path, new RouteValueDictionary()))
        .SelectMany(static listed => listed.Endpoint.Methods)
        .Distinct());

    private static RouterError NoSuchMethod(HttpRequest request, string methods) =>
        new(RouterErrorCode.MethodNotAllowed, $"{request.Path} does not take {request.Method}; it takes {methods}.");
}
