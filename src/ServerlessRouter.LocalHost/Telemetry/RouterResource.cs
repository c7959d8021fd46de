using System.Reflection;
using OpenTelemetry.Resources;
using ServerlessRouter.Telemetry;

namespace ServerlessRouter.LocalHost.Telemetry;

/// <summary>Who it is that shows something, and what of it is shown.</summary>
internal static class RouterResource
{
    private const string ServiceName = "serverless-router";

    /// <summary>The runtime's own figures: memory, collections, threads. Read when something looks, so they cost no request anything.</summary>
    private const string Runtime = "System.Runtime";

    public static readonly string[] Meters = [RouterTelemetry.MeterName, Runtime];

    /// <summary>What the environment says of the service counts before the router's own name.</summary>
    public static void Describe(ResourceBuilder resource) => resource
        .AddService(ServiceName, serviceVersion: Version)
        .AddEnvironmentVariableDetector();

    private static string? Version => typeof(RouterResource).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
}
