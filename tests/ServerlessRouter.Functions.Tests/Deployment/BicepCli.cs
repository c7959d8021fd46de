using System.Reflection;
using ServerlessRouter.Testing.Processes;
using Xunit;

namespace ServerlessRouter.Functions.Tests.Deployment;

/// <summary>The Bicep compiler, which comes as a package for Linux on x64. Elsewhere its tests are skipped.</summary>
internal static class BicepCli
{
    private const string Subscription = "11111111-1111-1111-1111-111111111111";
    private const string Tenant = "22222222-2222-2222-2222-222222222222";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    /// <summary>Written into the test assembly by the project file.</summary>
    private static readonly string? Program =
        typeof(BicepCli).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().SingleOrDefault(static data => data.Key == "BicepCli")?.Value;

    /// <summary>What the compiler and its linter say about every Bicep file under <paramref name="folder"/>; empty where there is nothing to say.</summary>
    public static async Task<string> LintAsync(string folder)
    {
        var end = await RunAsync("lint", "--pattern", Pattern(folder));
        return end.Errors + end.Output;
    }

    /// <summary>Writes every Bicep file under <paramref name="folder"/> as the formatter would have it.</summary>
    public static Task FormatAsync(string folder) => RunAsync("format", "--pattern", Pattern(folder));

    /// <summary>In what a deployment with these parameters would differ from <c>NAME.snapshot.json</c> beside <c>NAME.bicepparam</c>; empty where it does not.</summary>
    public static async Task<string> DifferencesAsync(string parametersFile)
    {
        var end = await EndAsync(Snapshot(parametersFile, "Validate"));
        return end.ExitCode == 0 ? "" : end.Errors + end.Output;
    }

    /// <summary>Writes <c>NAME.snapshot.json</c> anew.</summary>
    public static Task WriteSnapshotAsync(string parametersFile) => RunAsync(Snapshot(parametersFile, "Overwrite"));

    private static string[] Snapshot(string parametersFile, string mode) => ["snapshot", parametersFile, "--mode", mode, "--subscription-id", Subscription, "--tenant-id", Tenant];

    private static string Pattern(string folder) => Path.Combine(folder, "**", "*.bicep");

    private static async Task<ProcessEnd> RunAsync(params string[] arguments)
    {
        var end = await EndAsync(arguments);
        Assert.True(end.ExitCode == 0, end.Errors + end.Output);
        return end;
    }

    private static Task<ProcessEnd> EndAsync(string[] arguments)
    {
        Skip.If(Program is null, "The package of the Bicep CLI is for Linux on x64.");
        // Each run is short: code that counts its calls, so that it can be compiled better later, only costs it a quarter of its time.
        return ProcessRun.ToEndAsync(Program!, arguments, Path.GetTempPath(), Limit, ("DOTNET_TieredPGO", "0"));
    }
}
