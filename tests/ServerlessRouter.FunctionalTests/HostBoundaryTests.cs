using ServerlessRouter.LocalHost;
using ServerlessRouter.Testing.Architecture;
using Xunit;

namespace ServerlessRouter.FunctionalTests;

/// <summary>Which folders of the host may refer to which; a row stands below all that it names.</summary>
public sealed class HostBoundaryTests
{
    private static readonly string[] LocalHost =
    [
        "LocalHost.Demo: ",
        "LocalHost.Logs: ",
        "LocalHost.Starting: ",
        "LocalHost.Importing: LocalHost.Starting",
        "LocalHost.Jobs: LocalHost.Starting",
        "LocalHost.Telemetry: ",
        "LocalHost.Tls: LocalHost.Starting",
        "LocalHost.Tuning: ",
        "LocalHost: LocalHost.Demo LocalHost.Jobs LocalHost.Logs LocalHost.Starting LocalHost.Telemetry LocalHost.Tls LocalHost.Tuning",
        "LocalHost.CommandLine: LocalHost LocalHost.Importing LocalHost.Logs LocalHost.Starting LocalHost.Telemetry LocalHost.Tls",
    ];

    [Fact]
    public void LocalHost_FoldersReferToThoseAboveThem() => new Boundaries(typeof(LocalRouter).Assembly, LocalHost, ["Http", "Jobs", "Training", "Core", "State"]).Hold();

    [Fact]
    public void LocalHost_ConstructorsTakeLittle() => new Constructors(typeof(LocalRouter).Assembly).Hold();
}
