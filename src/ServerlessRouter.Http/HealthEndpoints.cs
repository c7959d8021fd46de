using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ServerlessRouter.Admission;
using ServerlessRouter.Configuration;
using ServerlessRouter.Http.Wire;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Http;

/// <summary>Whether the process lives, and whether it can answer.</summary>
internal sealed class HealthEndpoints(RouterModelSource models, IDeploymentVitals vitals)
{
    private static readonly byte[] Alive = """{"status":"ok"}"""u8.ToArray();

    /// <summary>Says that the process lives.</summary>
    public static ValueTask GetHealthAsync(HttpContext http) => JsonAnswer.WriteAsync(http.Response, StatusCodes.Status200OK, Alive, http.RequestAborted);

    /// <summary>Says for every route whether a deployment can be called, and answers 503 when a route has none, or when no caller is let in.</summary>
    public ValueTask GetReadinessAsync(HttpContext http)
    {
        var router = models.Current;
        var routes = RoutesOf(router);
        var isReady = !router.ServesNoCaller && routes.All(route => FindObstacle(route) is null);

        var output = new ArrayBufferWriter<byte>(512);
        using var writer = new Utf8JsonWriter(output, JsonStyle.Options);
        writer.WriteStartObject();
        writer.WriteString("status"u8, isReady ? "ready"u8 : "unavailable"u8);
        writer.WriteString("config_version"u8, router.Version);
        if (router.ServesNoCaller)
            writer.WriteString("reason"u8, CallerIdentity.ServesNoCaller);
        writer.WriteStartArray("routes"u8);
        foreach (var route in routes)
            Write(writer, route.Name, FindObstacle(route));
        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.Flush();

        var status = isReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        return JsonAnswer.WriteAsync(http.Response, status, output.WrittenMemory, http.RequestAborted);
    }

    /// <summary>Where no route is configured, every model is one.</summary>
    private static ImmutableArray<RouteModel> RoutesOf(RouterModel router) => router.Routes.IsEmpty ? router.Targets.Values : router.Routes;

    private static void Write(Utf8JsonWriter writer, string route, string? obstacle)
    {
        writer.WriteStartObject();
        writer.WriteString("route"u8, route);
        writer.WriteBoolean("ready"u8, obstacle is null);
        if (obstacle is not null)
            writer.WriteString("reason"u8, obstacle);
        writer.WriteEndObject();
    }

    private string? FindObstacle(RouteModel route)
    {
        var deployments = 0;
        var soonestSeconds = double.PositiveInfinity;
        foreach (var model in route.Candidates.Concat(route.Fallbacks))
        {
            foreach (var deployment in model.Deployments)
            {
                var known = vitals.Of(deployment);
                if (known.IsCallable)
                    return null;
                deployments++;
                soonestSeconds = Math.Min(soonestSeconds, known.OpenForSeconds);
            }
        }

        return deployments == 0
            ? "None of its models has a deployment."
            : string.Create(CultureInfo.InvariantCulture, $"None of its {deployments} deployments may be called; the first opens in {Math.Ceiling(soonestSeconds):0} s.");
    }
}
