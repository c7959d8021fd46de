using System.Text.Json.Nodes;
using Xunit;

namespace ServerlessRouter.Functions.Tests.Deployment;

/// <summary>The Bicep files of <c>infra</c>, by the real compiler, linter and formatter, and what they would create.</summary>
public sealed class InfrastructureTests : IDisposable
{
    private readonly InfrastructureFolder _infra = new();

    public static TheoryData<string> Sets => [.. ParameterSet.All.Select(static set => set.Name)];

    public void Dispose() => _infra.Dispose();

    [SkippableFact]
    public async Task Template_BuiltAndLinted_HasNoFinding() => Assert.Empty(await BicepCli.FindingsAsync(_infra.Template));

    [SkippableFact]
    public async Task Files_Formatted_StayAsTheyAre()
    {
        await BicepCli.FormatAsync(_infra.Path);

        foreach (var file in Directory.EnumerateFiles(InfrastructureFolder.Original, "*.bicep", SearchOption.AllDirectories).Select(static file => Path.GetRelativePath(InfrastructureFolder.Original, file)))
            Assert.True(Read(InfrastructureFolder.Original, file) == Read(_infra.Path, file), $"`bicep format` would change infra/{file}");
    }

    [SkippableTheory]
    [MemberData(nameof(Sets))]
    public async Task Deployment_WithTheParameters_HasNoFindingAndCreatesWhatTheySay(string name)
    {
        var set = ParameterSet.All.Single(set => set.Name == name);
        var file = set.WriteTo(_infra);

        await BicepCli.SnapshotAsync(file);

        var snapshot = JsonNode.Parse(await File.ReadAllTextAsync(Path.ChangeExtension(file, ".snapshot.json")))!;
        Assert.Empty(snapshot["diagnostics"]!.AsArray());
        var created = snapshot["predictedResources"]!.AsArray().ToLookup(static resource => (string)resource!["type"]!, static resource => resource!);
        Assert.Equal(set.OpenAi ? 2 : 0, created["Microsoft.CognitiveServices/accounts/deployments"].Count());
        Assert.Equal(set.Budget ? 1 : 0, created["Microsoft.Consumption/budgets"].Count());
        Assert.Equal(set.PrivateEndpoints, created["Microsoft.Network/privateEndpoints"].Count());
        Assert.Equal(set.RouterIsPublic, IsPublic(Assert.Single(created["Microsoft.Web/sites"])));
        string[] holders = ["Microsoft.Storage/storageAccounts", "Microsoft.KeyVault/vaults", .. set.OpenAi ? ["Microsoft.CognitiveServices/accounts"] : Array.Empty<string>()];
        Assert.All(holders, type => Assert.Equal(set.DataIsPublic, IsPublic(Assert.Single(created[type]))));
    }

    private static bool IsPublic(JsonNode resource) => (string)resource["properties"]!["publicNetworkAccess"]! == "Enabled";

    private static string Read(string folder, string file) => File.ReadAllText(Path.Combine(folder, file));
}
