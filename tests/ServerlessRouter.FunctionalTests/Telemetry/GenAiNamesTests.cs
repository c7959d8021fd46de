using System.Reflection;
using System.Text.RegularExpressions;
using ServerlessRouter.Providers;
using ServerlessRouter.Telemetry;
using ServerlessRouter.Testing.Node;
using Xunit;
using Xunit.Abstractions;

namespace ServerlessRouter.FunctionalTests.Telemetry;

/// <summary>The table of names against what OpenTelemetry publishes of version 1.41 of its conventions.</summary>
public sealed partial class GenAiNamesTests(ITestOutputHelper output)
{
    private const string Version = "1.41.1";

    /// <summary>Not released yet, so that no package has them.</summary>
    private static readonly string[] Latest =
    [
        "gen_ai.usage.cache_write.input_tokens", "gen_ai.token.modality", "gen_ai.client.inference.duration", "gen_ai.client.inference.time_to_first_chunk", "gen_ai.client.inference.operation.input_tokens",
        "gen_ai.client.inference.operation.output_tokens", "gen_ai.client.inference.usage.input_tokens", "gen_ai.client.inference.usage.output_tokens", "gen_ai.client.inference.usage.cache_read.input_tokens",
        "gen_ai.client.inference.usage.cache_write.input_tokens", "gen_ai.client.inference.usage.reasoning.output_tokens", "gen_ai.client.embeddings.duration", "gen_ai.client.embeddings.operation.input_tokens",
    ];

    [SkippableFact]
    public async Task Names_AreThoseOfTheConventions_OrKnownToComeLater()
    {
        var folder = Path.Combine(await NodePackages.InstalledAsync("clients", output.WriteLine), "node_modules", "@opentelemetry", "semantic-conventions");
        Assert.Contains($"\"version\": \"{Version}\"", await File.ReadAllTextAsync(Path.Combine(folder, "package.json")), StringComparison.Ordinal);
        var published = Directory.EnumerateFiles(folder, "*.d.ts", SearchOption.AllDirectories).Concat(Directory.EnumerateFiles(folder, "*.d.cts", SearchOption.AllDirectories))
            .SelectMany(static file => Literal().Matches(File.ReadAllText(file))).Select(static match => match.Groups["name"].Value).ToHashSet(StringComparer.Ordinal);

        var names = typeof(GenAiNames).GetFields(BindingFlags.Public | BindingFlags.Static).Where(static field => field.IsLiteral).Select(static field => (string)field.GetRawConstantValue()!)
            .Where(static name => name.Contains('.', StringComparison.Ordinal)).ToList();

        Assert.NotEmpty(names);
        Assert.Equal(Latest.Order(StringComparer.Ordinal), names.Except(published).Order(StringComparer.Ordinal));
        string[] vendors = ["azure-openai", "gemini", "mistral", "xai", "openai", "anthropic", "groq", "deepseek", "cohere", "perplexity"];
        Assert.All(ProviderKinds.All.Where(kind => vendors.Contains(kind.Name)), kind => Assert.Contains(kind.TelemetryName ?? kind.Name, published));
    }

    [Theory]
    [InlineData(null, GenAiConventions.V141)]
    [InlineData("http,database", GenAiConventions.V141)]
    [InlineData("http, gen_ai_latest_experimental", GenAiConventions.Latest)]
    [InlineData("gen_ai_latest_experimental/dup", GenAiConventions.Both)]
    public void OptIn_IsReadAmongOthers(string? value, GenAiConventions expected) => Assert.Equal(expected, GenAiOptIn.Parse(value));

    [GeneratedRegex("""= ?"(?<name>[a-z0-9_.]+)"|: "(?<name>[a-z0-9_.]+)";""")]
    private static partial Regex Literal();
}
