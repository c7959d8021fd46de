using System.Text.Json.Nodes;
using Xunit;

namespace ServerlessRouter.Functions.Tests.Deployment;

/// <summary>The Bicep files of <c>infra</c>, by the real compiler, linter and formatter, and what they would create.</summary>
public sealed class InfrastructureTests
{
    private const string UpdateVariable = "UPDATE_INFRA_SNAPSHOTS";

    public static TheoryData<string> Sets => [.. ParameterSet.All.Select(static set => set.Name)];

    [SkippableFact]
    public async Task Files_Linted_HaveNoFinding() => Assert.Empty(await BicepCli.LintAsync(InfrastructureFolder.Original));

    [SkippableFact]
    public async Task Files_Formatted_StayAsTheyAre()
    {
        using var infra = new InfrastructureFolder();

        await BicepCli.FormatAsync(infra.Path);

        foreach (var file in Directory.EnumerateFiles(InfrastructureFolder.Original, "*.bicep", SearchOption.AllDirectories).Select(static file => Path.GetRelativePath(InfrastructureFolder.Original, file)))
            Assert.True(Read(InfrastructureFolder.Original, file) == Read(infra.Path, file), $"`bicep format` would change infra/{file}");
    }

    /// <summary>A snapshot shows in a review what a change of the template does to every resource.</summary>
    [SkippableTheory]
    [MemberData(nameof(Sets))]
    public async Task Deployment_WithTheParameters_CreatesWhatItsSnapshotSays(string name)
    {
        var set = SetOf(name);
        if (Environment.GetEnvironmentVariable(UpdateVariable) == "1")
            await BicepCli.WriteSnapshotAsync(set.File);

        var differences = await BicepCli.DifferencesAsync(set.File);

        Assert.True(
            differences.Length == 0,
            $"""
            A deployment is not what tests/infra/{name}.snapshot.json says. Write it anew, and look at what changed: {UpdateVariable}=1 dotnet test tests/ServerlessRouter.Functions.Tests --filter InfrastructureTests
            {differences}
            """);
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Snapshot_OfTheParameters_HasNoFindingAndWhatTheyAskFor(string name)
    {
        var set = SetOf(name);

        var snapshot = JsonNode.Parse(File.ReadAllText(set.Snapshot))!;

        Assert.Empty(snapshot["diagnostics"]!.AsArray());
        var created = snapshot["predictedResources"]!.AsArray().ToLookup(static resource => (string)resource!["type"]!, static resource => resource!);
        Assert.Equal(set.OpenAi ? 2 : 0, created["Microsoft.CognitiveServices/accounts/deployments"].Count());
        Assert.Equal(set.Budget ? 1 : 0, created["Microsoft.Consumption/budgets"].Count());
        Assert.Equal(set.PrivateEndpoints, created["Microsoft.Network/privateEndpoints"].Count());
        Assert.Equal(set.RouterIsPublic, IsPublic(Assert.Single(created["Microsoft.Web/sites"])));
        string[] holders = ["Microsoft.Storage/storageAccounts", "Microsoft.KeyVault/vaults", .. set.OpenAi ? ["Microsoft.CognitiveServices/accounts"] : Array.Empty<string>()];
        Assert.All(holders, type => Assert.Equal(set.DataIsPublic, IsPublic(Assert.Single(created[type]))));
    }

    [Fact]
    public void Folder_HoldsTheListedSetsAlone() =>
        Assert.Equal(ParameterSet.All.Select(static set => set.File).Order(), Directory.EnumerateFiles(ParameterSet.Folder, "*.bicepparam").Order());

    private static ParameterSet SetOf(string name) => ParameterSet.All.Single(set => set.Name == name);

    private static bool IsPublic(JsonNode resource) => (string)resource["properties"]!["publicNetworkAccess"]! == "Enabled";

    private static string Read(string folder, string file) => File.ReadAllText(Path.Combine(folder, file));
}
