using System.Net;
using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Template;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using ServerlessRouter.Functions.Http;

namespace ServerlessRouter.Functions.Tests.Http;

/// <summary>Finds functions as the Functions host does (in the order of their names, the first whose path and method match) and calls the real ones, on a real socket.</summary>
internal sealed class FunctionsHostDouble : IAsyncDisposable
{
    private readonly WebApplication _server;

    private FunctionsHostDouble(WebApplication server)
    {
        _server = server;
        Client = new HttpClient { BaseAddress = new Uri(server.Urls.Single()) };
    }

    public HttpClient Client { get; }

    /// <summary>The app's services, as registered.</summary>
    public IServiceProvider Services => _server.Services;

    public static async Task<FunctionsHostDouble> StartAsync(Func<IServiceCollection, Task> register)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        // Said to Kestrel itself: an address among the settings is lost where a test brings settings of its own.
        builder.WebHost.UseKestrelCore().ConfigureKestrel(static kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddRoutingCore().AddLogging();
        await register(builder.Services);
        var server = builder.Build();
        var functions = typeof(EndpointFunctions).Assembly.GetTypes()
            .SelectMany(static type => type.GetMethods())
            .Select(static method => (Method: method, method.GetCustomAttribute<FunctionAttribute>()?.Name, Trigger: method.GetParameters().FirstOrDefault()?.GetCustomAttribute<HttpTriggerAttribute>()))
            .Where(static function => function.Name is not null && function.Trigger is not null)
            .OrderBy(static function => function.Name, StringComparer.OrdinalIgnoreCase)
            .Select(static function => (function.Method, Matcher: new TemplateMatcher(TemplateParser.Parse(function.Trigger!.Route!), []), function.Trigger.Methods))
            .ToArray();
        server.Run(async http =>
        {
            foreach (var (method, matcher, methods) in functions)
            {
                var values = new RouteValueDictionary();
                if (methods is { Length: > 0 } && !methods.Contains(http.Request.Method, StringComparer.OrdinalIgnoreCase) || !matcher.TryMatch(http.Request.Path, values))
                    continue;
                http.Request.RouteValues = values;
                await (Task)method.Invoke(ActivatorUtilities.CreateInstance(server.Services, method.DeclaringType!), [http.Request, .. new object?[method.GetParameters().Length - 1]])!;
                return;
            }

            http.Response.StatusCode = StatusCodes.Status404NotFound;
        });
        await server.StartAsync();
        return new FunctionsHostDouble(server);
    }

    public async ValueTask DisposeAsync()
    {
        // What is being answered ends, and is told of, before the rest is gone.
        await _server.StopAsync();
        Client.Dispose();
        await _server.DisposeAsync();
    }
}
