using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Template;
using ServerlessRouter.Errors;
using ServerlessRouter.Http.Browsers;
using ServerlessRouter.Http.Wire;

namespace ServerlessRouter.Http;

/// <summary>Answers whatever the table does not list: a browser's question before a page's request, a method that a URL does not have, or a URL that is none of the router's.</summary>
/// <remarks>Here rather than in a host's routing, because not every host can map a URL once for some methods and once for the others.</remarks>
internal sealed class UnlistedRequestHandler
{
    private readonly ImmutableArray<(TemplateMatcher Matcher, ImmutableArray<string> Methods)> _listed;

    public UnlistedRequestHandler(IEnumerable<RouterEndpoint> endpoints) =>
        _listed = [.. endpoints.Select(static endpoint => (new TemplateMatcher(TemplateParser.Parse(endpoint.Pattern), []), endpoint.Methods))];

    public ValueTask HandleAsync(HttpContext http)
    {
        if (Preflight.IsAsked(http.Request))
            return Preflight.Answer(http, EndpointGuard.AccessTo(http.Request)) is { } refused ? ErrorAnswer.WriteAsync(http.Response, refused, http.RequestAborted) : default;
        var methods = MethodsOf(http.Request.Path);
        if (methods.Length == 0)
            return ErrorAnswer.WriteAsync(http.Response, NoSuchUrl.Explain(http.Request.Path), http.RequestAborted);
        http.Response.Headers.Allow = methods;
        return ErrorAnswer.WriteAsync(http.Response, NoSuchMethod(http.Request, methods), http.RequestAborted);
    }

    /// <summary>Separated by commas; empty when the URL is not listed at all.</summary>
    private string MethodsOf(PathString path) => string.Join(", ", _listed
        .Where(listed => listed.Matcher.TryMatch(path, new RouteValueDictionary()))
        .SelectMany(static listed => listed.Methods)
        .Distinct());

    private static RouterError NoSuchMethod(HttpRequest request, string methods) =>
        new(RouterErrorCode.MethodNotAllowed, $"{request.Path} does not take {request.Method}; it takes {methods}.");
}
