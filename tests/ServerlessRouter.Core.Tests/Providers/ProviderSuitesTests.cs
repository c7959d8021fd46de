using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging.Abstractions;
using ServerlessRouter.Configuration;
using ServerlessRouter.Configuration.Validation;
using ServerlessRouter.Configuration.Written;
using ServerlessRouter.Providers;
using ServerlessRouter.Providers.Anthropic;
using ServerlessRouter.Providers.Responses;
using ServerlessRouter.Providers.Upstream;
using ServerlessRouter.Testing.Chance;
using ServerlessRouter.Testing.Suites;
using Xunit;

namespace ServerlessRouter.Core.Tests.Providers;

/// <summary>A kind of provider is its folder, its row and its suite; here is what fails while one of them is missing.</summary>
public sealed partial class ProviderSuitesTests
{
    private static readonly string Root = RepositoryFolder.Path;

    private static readonly Type[] Beside = [typeof(EmbeddingsMapper), typeof(MessagesPassage), typeof(ResponsesMapper), typeof(ResponsesPassage)];

    public static TheoryData<string> Kinds => [.. ProviderKinds.All.Select(static kind => kind.Name)];

    [Fact]
    public void EveryBase_HasASuite()
    {
        var tested = typeof(ProviderSuitesTests).Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(ChatProviderSuite)) && !type.IsAbstract)
            .Select(type => ((ChatProviderSuite)Activator.CreateInstance(type)!).Kind.Name);

        Assert.Equal(ProviderKinds.Bases.Select(static kind => kind.Name).Order(), tested.Distinct().Order());
    }

    [Fact]
    public async Task EveryImplementation_IsInTheRegistry()
    {
        await using var registry = Registry();
        var core = typeof(IChatProvider).Assembly.GetTypes().Where(type => !type.IsInterface && !type.IsAbstract).ToList();

        Assert.Equal(
            core.Where(type => type.IsAssignableTo(typeof(IChatProvider))).ToHashSet(),
            ProviderKinds.All.Select(kind => registry.Get(kind).GetType()).ToHashSet());
        // Each mapper is a kind of its own, but for those beside a kind's chat, of embeddings and of what passes on, and so is the one provider without a network.
        Assert.Equal(core.Count(type => type.IsAssignableTo(typeof(IChatMapper)) && !Beside.Contains(type)) + 1, ProviderKinds.Bases.Length);
    }

    [Fact]
    public async Task EveryKindWithEmbeddings_IsInTheRegistry()
    {
        await using var registry = Registry();

        Assert.All(ProviderKinds.All.Where(static kind => kind.MakesEmbeddings), kind => Assert.NotNull(registry.GetEmbeddings(kind)));
    }

    [Fact]
    public void EveryRow_IsListedAndHasAFolder()
    {
        var rows = typeof(ProviderKinds).GetProperties(BindingFlags.Public | BindingFlags.Static).Where(static row => row.PropertyType == typeof(ProviderKind)).ToList();

        Assert.Equal(ProviderKinds.Bases.Select(static kind => kind.Name), rows.Select(static row => ((ProviderKind)row.GetValue(null)!).Name));
        Assert.All(rows, static row => Assert.True(Directory.Exists(Path.Combine(Root, "src", "ServerlessRouter.Core", "Providers", row.Name)), row.Name));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Row_SaysWhatCanBeTrue(string name)
    {
        var kind = Assert.Single(ProviderKinds.All, kind => kind.Name == name);
        Assert.Matches("^[a-z][a-z0-9-]*$", kind.Name);
        Assert.Empty(kind.OwnMembers.Except(KindMembers.All));
        if (kind.Access is not { } access)
            return;
        Assert.True(access.DefaultEndpoint is null || ProviderEndpoints.Parse(access.DefaultEndpoint) is { AbsoluteUri: var address } && address == access.DefaultEndpoint);
        Assert.Contains("for example https://", access.EndpointHint, StringComparison.Ordinal);
        Assert.DoesNotContain(access.KeyVariables.Concat(access.EndpointVariables), static variable => !EnvironmentName().IsMatch(variable));
        Assert.Empty(kind.RenamedParameters.Keys.Intersect(kind.UnsupportedParameters));
        Assert.NotEmpty(access.OperationSuffixes);
        Assert.All(access.OperationSuffixes, static suffix => Assert.Equal(suffix.Trim('/'), suffix));
        Assert.NotEmpty(access.KeyHeader);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Row_IsInTheSchemaAndInTheDocument(string name)
    {
        var schema = JsonNode.Parse(File.ReadAllText(Path.Combine(Root, "router.schema.json")))!;
        var document = File.ReadAllText(Path.Combine(Root, "docs", "configuration.md"));

        Assert.Contains(name, schema["properties"]!["providers"]!["additionalProperties"]!["properties"]!["kind"]!["enum"]!.AsArray().Select(static known => (string?)known));
        Assert.Contains($"\n| `{name}` | ", document, StringComparison.Ordinal);
        Assert.Contains($"`{name}`", document.Split('\n').Single(static line => line.StartsWith("| `kind` |", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public void MembersOfKinds_AreMembersOfTheConfigurationAndOwned()
    {
        var written = RouterConfigContext.Default.ProviderConfig.Properties.Select(static member => member.Name);

        Assert.Empty(KindMembers.All.Except(written));
        Assert.Equal(KindMembers.All.Order(), ProviderKinds.All.SelectMany(static kind => kind.OwnMembers).Distinct().Order());
        Assert.Equal(KindMembers.All, ProviderValidator.OwnMembersIn(new ProviderConfig { ApiVersion = "1", Responses = true, Simulation = new SimulationConfig() }));
    }

    /// <summary>What is particular to a kind stands in its row: code that asks which kind it is has found a member that the row lacks. What is imported has the names of other routers.</summary>
    [Fact]
    public void Code_OutsideProviders_NamesNoKind()
    {
        var names = string.Join('|', ProviderKinds.All.Select(static kind => Regex.Escape(kind.Name)));
        var offence = new Regex($"\"({names})\"|`({names})`|\\bProviderKinds\\.(?!All\\b)\\w+");

        var offences = Directory.EnumerateFiles(Path.Combine(Root, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(static file => !Path.GetRelativePath(Root, file).Split(Path.DirectorySeparatorChar).Any(static part => part is "obj" or "bin" or "Providers" or "Importing"))
            .SelectMany(file => File.ReadLines(file).Where(line => offence.IsMatch(line)).Select(line => $"{Path.GetFileName(file)}: {line.Trim()}"));

        Assert.Empty(offences);
    }

    [GeneratedRegex("^[A-Z][A-Z0-9_]*$")]
    private static partial Regex EnvironmentName();

    private static ProviderRegistry Registry() => new(TimeProvider.System, new SeededRandomSource(1), NullLoggerFactory.Instance);
}
