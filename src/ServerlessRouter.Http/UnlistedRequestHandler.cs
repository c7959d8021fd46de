using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Template;
using ServerlessRouter.Errors;

namespace ServerlessRouter.Http;

/// <summary>Answers whatever the table does not list: a method that a URL does not have, or a URL that is none of the router's.</summary>
/// <remarks>Here rather than in a host's routing, because not every host can map a URL once for some methods and once for the others.</remarks>
internal sealed class UnlistedRequestHandler : IEndpointHandler
{
    private readonly ImmutableArray<(TemplateMatcher Matcher, ImmutableArray<string> Methods)> _listed;

    public UnlistedRequestHandler(IEnumerable<RouterEndpoint> endpoints) =>
        _listed = [.. endpoints.Select(static endpoint => (new TemplateMatcher(TemplateParser.Parse(endpoint.Pattern), []), endpoint.Methods))];

    public ValueTask HandleAsync(HttpContext http)
    {
        var methods = MethodsOf(http.Request.Path);
        if (methods.Length == 0)
            return ErrorAnswer.WriteAsync(http.Response, NoSuchUrl(http.Request), http.RequestAborted);
        http.Response.Headers.Allow = methods;
        return ErrorAnswer.WriteAsync(http.Response, NoSuchMethod(http.Request, methods), http.RequestAborted);
    }

    /// <summary>Separated by commas; empty when the URL is not listed at all.</summary>
    private string MethodsOf(PathString path) => string.Join(", ", _listed
        .Where(listed => listed.Matcher.TryMatch(path, new RouteValueDictionary()))
        .SelectMany(static listed => listed.Methods)
        .Distinct());

    private static RouterError NoSuchUrl(HttpRequest request) => new(
        RouterErrorCode.NotFound, $"There is no URL {request.Path}. Chat is at POST /{EndpointPatterns.ChatCompletions}; most clients take a base URL that ends in /v1.");

    private static RouterError NoSuchMethod(HttpRequest request, string methods) =>
        new(RouterErrorCode.MethodNotAllowed, $"{request.Path} does not take {request.Method}; it takes {methods}.");
}
