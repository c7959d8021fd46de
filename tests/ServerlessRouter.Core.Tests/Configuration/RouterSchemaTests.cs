using System.Text.Json.Nodes;
using ServerlessRouter.Configuration;
using ServerlessRouter.Configuration.Schema;
using ServerlessRouter.Providers;
using Xunit;

namespace ServerlessRouter.Core.Tests.Configuration;

public class RouterSchemaTests
{
    private const string UpdateVariable = "UPDATE_ROUTER_SCHEMA";

    [Fact]
    public void Generate_Now_EqualsTheFileInTheRepository()
    {
        var path = Path.Combine(RepositoryFolder.Path, "router.schema.json");
        var generated = RouterSchema.Generate(ProviderKinds.All);
        if (Environment.GetEnvironmentVariable(UpdateVariable) == "1")
            File.WriteAllText(path, generated);

        Assert.True(
            File.Exists(path) && File.ReadAllText(path) == generated,
            $"router.schema.json is not what the types say. Write it anew: {UpdateVariable}=1 dotnet test tests/ServerlessRouter.Core.Tests --filter RouterSchemaTests");
    }

    public static TheoryData<string, string, string[]> PlugPoints => new()
    {
        { "models", "additionalProperties.properties.balancing.enum", [.. BalancingPolicies.All] },
        { "providers", "additionalProperties.properties.kind.enum", [.. ProviderKinds.All.Select(static kind => kind.Name)] },
        { "providers", "additionalProperties.required", ["kind"] },
        { "routes", "additionalProperties.properties.objective.properties.prefer.enum", [.. ObjectiveNames.All.Where(static name => name != ObjectiveNames.Weighted)] },
    };

    [Theory]
    [MemberData(nameof(PlugPoints))]
    public void Generate_NamesOfPlugPoints_AreListed(string part, string path, string[] names)
    {
        var node = JsonNode.Parse(RouterSchema.Generate(ProviderKinds.All))!["properties"]![part];
        foreach (var step in path.Split('.'))
            node = node![step];

        Assert.Equal(names, node!.AsArray().Select(static name => (string)name!));
    }

    [Fact]
    public void Generate_Conditions_HasOneMemberForEach()
    {
        var when = JsonNode.Parse(RouterSchema.Generate(ProviderKinds.All))!["properties"]!["routes"]!["additionalProperties"]!["properties"]!["rules"]!["items"]!["properties"]!["when"]!;

        Assert.Equal(ConditionNames.All, when["properties"]!.AsObject().Select(member => member.Key));
        Assert.False((bool)when["additionalProperties"]!);
    }

    [Fact]
    public void Generate_EveryMember_IsDescribedAndClosed()
    {
        var undescribed = new List<string>();
        Visit(JsonNode.Parse(RouterSchema.Generate(ProviderKinds.All))!, "", undescribed);

        Assert.Empty(undescribed);
    }

    private static void Visit(JsonNode? schema, string path, List<string> undescribed)
    {
        if (schema is not JsonObject node)
            return;
        if (node["properties"] is JsonObject members)
        {
            if (node["additionalProperties"] is not JsonValue)
                undescribed.Add($"{path} is open");
            foreach (var (name, member) in members)
            {
                if (member!["description"] is null && name is not ("min" or "max"))
                    undescribed.Add($"{path}.{name}");
                Visit(member, $"{path}.{name}", undescribed);
            }
        }

        Visit(node["additionalProperties"], $"{path}.*", undescribed);
        Visit(node["items"], $"{path}[]", undescribed);
    }
}
