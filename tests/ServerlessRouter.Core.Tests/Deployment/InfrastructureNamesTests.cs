using System.Text.Json;
using System.Text.RegularExpressions;
using ServerlessRouter.Core.Tests.Architecture;
using ServerlessRouter.Errors;
using ServerlessRouter.Telemetry;
using Xunit;

namespace ServerlessRouter.Core.Tests.Deployment;

/// <summary>Names that stand both in the infrastructure and in the code, or in two of its files, and that nothing else compares.</summary>
public sealed partial class InfrastructureNamesTests
{
    private static readonly string Main = Read("infra", "main.bicep");

    [Fact]
    public void Parameters_OfTheTemplate_CanAllBeSetThroughAzd()
    {
        using var file = JsonDocument.Parse(Read("infra", "main.parameters.json"));
        var settable = file.RootElement.GetProperty("parameters").EnumerateObject().Select(static parameter => parameter.Name);
        var declared = Parameter().Matches(Main).Select(static match => match.Groups["name"].Value).Except(["currentMonth"]);

        Assert.Equal(declared.Order(StringComparer.Ordinal), settable.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Hooks_ReadOnlyWhatTheTemplatePutsOutOrAzdSets()
    {
        string[] given = [.. Output().Matches(Main).Select(static match => match.Groups["name"].Value),
            "AZURE_ENV_NAME", "AZURE_SUBSCRIPTION_ID", "ROUTER_CONFIGURATION", "ROUTER_RETRIES", "ROUTER_RETRY_SECONDS", "ROUTER_STANDIN"];

        var read = Hooks().SelectMany(static hook => Setting().Matches(hook).Select(static match => match.Value));

        Assert.Empty(read.Except(given));
    }

    [Fact]
    public void Hooks_CallPathsThatTheRouterHas()
    {
        var patterns = EndpointTable.Create().All.Select(static endpoint => $"/{endpoint.Pattern}").ToHashSet();
        var called = Hooks().SelectMany(static hook => CalledPath().Matches(hook).Select(static match => match.Groups["path"].Value)).ToHashSet();

        Assert.Contains("/v1/admin/configuration", called);
        Assert.Contains("/v1/chat/completions", called);
        Assert.Empty(called.Except(patterns));
    }

    [Fact]
    public void Queries_AskForMetricsAndErrorsThatTheRouterHas()
    {
        var metrics = new[] { "RouterMetrics.cs", "FormerMetrics.cs", "DeploymentGauges.cs" }
            .SelectMany(static file => Metric().Matches(Source("Telemetry", file)).Select(static match => match.Groups["name"].Value)).Append(AlertMetrics.OpenName).ToHashSet();
        var errors = Enum.GetValues<RouterErrorCode>().Select(static code => RouterErrorTraits.Of(code).Code).ToHashSet();
        var queries = Directory.EnumerateFiles(Path.Combine(RepositoryFolder.Path, "infra", "shared", "queries"), "*.kql").Select(File.ReadAllText).Append(Read("infra", "shared", "workbook.json")).ToArray();

        Assert.Empty(queries.SelectMany(static query => AskedMetric().Matches(query).Select(static match => match.Groups["name"].Value)).Except(metrics));
        Assert.Empty(queries.SelectMany(static query => AskedErrors().Matches(query)).SelectMany(static match => Quoted().Matches(match.Value)).Select(static match => match.Groups["text"].Value).Except(errors));
    }

    [Fact]
    public void Queries_LookForWordsThatTheRouterLogs()
    {
        var sources = Directory.EnumerateFiles(Path.Combine(RepositoryFolder.Path, "src"), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText).ToArray();
        var words = Directory.EnumerateFiles(Path.Combine(RepositoryFolder.Path, "infra", "shared", "queries"), "*.kql")
            .SelectMany(static file => AskedWords().Matches(File.ReadAllText(file)).Select(static match => match.Groups["text"].Value)).ToArray();

        Assert.NotEmpty(words);
        Assert.All(words, text => Assert.Contains(sources, source => source.Contains(text, StringComparison.Ordinal)));
    }

    /// <summary>The function app's sources are read as text, because they do not build where its packages cannot be had.</summary>
    [Theory]
    [InlineData("AZURE_CLIENT_ID")]
    [InlineData("AZURE_KEY_VAULT_ENDPOINT")]
    [InlineData("ROUTER_REGION")]
    [InlineData("ROUTER_ADMIN_KEY")]
    [InlineData("ROUTER_TELEMETRY_CONNECTION_STRING")]
    [InlineData("APPLICATIONINSIGHTS_AUTHENTICATION_STRING")]
    public void Setting_OfTheApp_IsSetByTheTemplateAndReadByTheApp(string name)
    {
        var app = Directory.EnumerateFiles(Path.Combine(RepositoryFolder.Path, "src", "ServerlessRouter.Functions"), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText);

        Assert.Matches($@"(?m)^\s+{name}: ", Read("infra", "app", "function-app.bicep"));
        Assert.Contains(app, source => source.Contains($"\"{name}\"", StringComparison.Ordinal));
    }

    [Fact]
    public void Service_OfAzd_IsTheProjectAndTheTagOfTheApp()
    {
        var azd = Read("azure.yaml");

        Assert.Contains("  router:\n    project: src/ServerlessRouter.Functions\n", azd, StringComparison.Ordinal);
        Assert.Contains("serviceName: 'router'", Main, StringComparison.Ordinal);
        Assert.All(HookFile().Matches(azd), static match => Assert.True(File.Exists(Path.Combine(RepositoryFolder.Path, match.Value)), match.Value));
    }

    [Fact]
    public void Deployment_NeverStartsFromATag() =>
        Assert.DoesNotContain("tags:", Read(".github", "workflows", "deploy.yml"), StringComparison.Ordinal);

    private static string[] Hooks() => [.. Directory.EnumerateFiles(Path.Combine(RepositoryFolder.Path, "infra", "hooks")).Select(File.ReadAllText)];

    private static string Read(params string[] parts) => File.ReadAllText(Path.Combine([RepositoryFolder.Path, .. parts])).ReplaceLineEndings("\n");

    private static string Source(params string[] parts) => Read(["src", "ServerlessRouter.Core", .. parts]);

    [GeneratedRegex(@"^param (?<name>\w+) ", RegexOptions.Multiline)]
    private static partial Regex Parameter();

    [GeneratedRegex(@"^output (?<name>\w+) ", RegexOptions.Multiline)]
    private static partial Regex Output();

    [GeneratedRegex(@"\b(AZURE|ROUTER|SERVICE)_[A-Z_]*[A-Z]\b")]
    private static partial Regex Setting();

    [GeneratedRegex(@"ROUTER_URL(?<path>/[a-z0-9/]+)")]
    private static partial Regex CalledPath();

    [GeneratedRegex(@"Create(Observable)?(Counter|Histogram|UpDownCounter|Gauge)(<\w+>)?\(\s*""(?<name>[\w.]+)""")]
    private static partial Regex Metric();

    [GeneratedRegex(@"Name == \\?""(?<name>router\.[\w.]+)")]
    private static partial Regex AskedMetric();

    [GeneratedRegex(@"in \((\s*\\?""\w+\\?"",?)+\)")]
    private static partial Regex AskedErrors();

    [GeneratedRegex(@"""(?<text>\w+)\\?""")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"Message has ""(?<text>[^""]+)""")]
    private static partial Regex AskedWords();

    [GeneratedRegex(@"infra/hooks/\S+")]
    private static partial Regex HookFile();
}
