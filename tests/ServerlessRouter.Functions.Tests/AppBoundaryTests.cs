using ServerlessRouter.Functions.Http;
using ServerlessRouter.Testing.Architecture;
using Xunit;

namespace ServerlessRouter.Functions.Tests;

/// <summary>Which folders of the app may refer to which; a row stands below all that it names.</summary>
public sealed class AppBoundaryTests
{
    private static readonly string[] Functions =
    [
        "Functions.Identity: ",
        "Functions.Jobs: ",
        "Functions.Recording: ",
        "Functions.Telemetry: ",
        "Functions.Http: Functions.Jobs Functions.Telemetry",
        "Functions.Secrets: Functions.Identity",
        "Functions.State: Functions.Identity",
        "Functions.Hosting: Functions.Identity Functions.Jobs Functions.Secrets Functions.State Functions.Telemetry",
        // What the worker's SDK generates to find and call the functions.
        "Functions: Functions.Http Functions.Jobs Functions.Recording Functions.Hosting",
    ];

    [Fact]
    public void Functions_FoldersReferToThoseAboveThem() => new Boundaries(typeof(EndpointFunctions).Assembly, Functions, ["Http", "Jobs", "Core", "State"]).Hold();

    [Fact]
    public void Functions_ConstructorsTakeLittle() => new Constructors(typeof(EndpointFunctions).Assembly).Hold();
}
