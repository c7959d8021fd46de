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

    /// <summary>What the compiler and its linter say about a file and its modules; empty where there is nothing to say.</summary>
    public static async Task<string> FindingsAsync(string file) => (await RunAsync("build", file, "--stdout")).Errors;

    /// <summary>Writes every Bicep file under <paramref name="folder"/> as the formatter would have it.</summary>
    public static Task FormatAsync(string folder) => RunAsync("format", "--pattern", Path.Combine(folder, "**", "*.bicep"));

    /// <summary>Writes what a deployment with these parameters would create, into <c>NAME.snapshot.json</c> beside <c>NAME.bicepparam</c>.</summary>
    public static Task SnapshotAsync(string parametersFile) =>
        RunAsync("snapshot", parametersFile, "--mode", "Overwrite", "--subscription-id", Subscription, "--tenant-id", Tenant);

    private static async Task<ProcessEnd> RunAsync(params string[] arguments)
    {
        Skip.If(Program is null, "The package of the Bicep CLI is for Linux on x64.");
        var end = await ProcessRun.ToEndAsync(Program!, arguments, Path.GetTempPath(), Limit);
        Assert.True(end.ExitCode == 0, end.Errors + end.Output);
        return end;
    }
}
