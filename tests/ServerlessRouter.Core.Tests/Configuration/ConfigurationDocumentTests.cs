using System.Text;
using System.Text.Json.Nodes;
using ServerlessRouter.Configuration.Schema;
using ServerlessRouter.Configuration.Written;
using ServerlessRouter.Providers;
using Xunit;

namespace ServerlessRouter.Core.Tests.Configuration;

public class ConfigurationDocumentTests
{
    private static readonly string Document = File.ReadAllText(Path.Combine(RepositoryFolder.Path, "docs", "configuration.md"));

    [Fact]
    public void Document_EveryMemberOfTheSchema_HasARow()
    {
        var missing = Members(JsonNode.Parse(RouterSchema.Generate(ProviderKinds.All))!).Where(name => !Document.Contains($"| `{name}` |", StringComparison.Ordinal));

        Assert.Empty(missing.Except(["min", "max"]));
    }

    [Fact]
    public void Document_EveryNameThatMayBeWritten_IsTold()
    {
        var tables = new NameTables(ProviderKinds.All);
        var names = Enum.GetValues<NameTable>().SelectMany(table => tables.Names(table).Select(name => (Table: table, Name: name)));

        Assert.DoesNotContain(names, static known => !Document.Contains($"`{known.Name}`", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Document_FirstExample_Loads()
    {
        var example = Document.Split("```jsonc\n")[1].Split("```")[0];

        var result = await ConfigurationDraft.Loader(("OPENAI_API_KEY", "a-key")).LoadAsync(Encoding.UTF8.GetBytes(example));

        Assert.Empty(result.Errors);
        Assert.Empty(result.Warnings);
    }

    private static IEnumerable<string> Members(JsonNode? schema) => schema switch
    {
        JsonObject node => (node["properties"] as JsonObject ?? []).SelectMany(member => Members(member.Value).Prepend(member.Key))
            .Concat(Members(node["additionalProperties"])).Concat(Members(node["items"])).Concat((node["anyOf"] as JsonArray ?? []).SelectMany(Members)),
        _ => [],
    };
}
