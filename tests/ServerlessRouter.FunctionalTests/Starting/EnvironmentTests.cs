using System.Collections.Immutable;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using ServerlessRouter.Configuration.Loading;
using ServerlessRouter.Configuration.Schema;
using ServerlessRouter.Configuration.Secrets;
using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.LocalHost;
using ServerlessRouter.LocalHost.Starting;
using ServerlessRouter.Providers;
using Xunit;

namespace ServerlessRouter.FunctionalTests.Starting;

/// <summary>A router that is given no file runs on the vendors whose keys are in the environment.</summary>
public sealed class EnvironmentTests
{
    private const string Key = "not-a-key-of-anyone";

    private static readonly JsonDocumentOptions Commented = new() { CommentHandling = JsonCommentHandling.Skip };

    [Fact]
    public async Task Find_Nothing_NoConfiguration()
    {
        var found = await FindAsync();

        Assert.Null(found.Text);
        Assert.Empty(found.Vendors);
        Assert.Empty(found.Notes);
    }

    [Fact]
    public async Task Find_NothingButAKeyForCallers_SimulatedModelsForCallersWithIt()
    {
        var found = await FindAsync(("ROUTER_KEY", Key));

        var json = await ValidAsync(found, ("ROUTER_KEY", Key));
        Assert.Equal("env:ROUTER_KEY", (string?)json["keys"]!["default"]!["secret"]);
        Assert.All(json["providers"]!.AsObject(), static provider => Assert.Equal("simulated", (string?)provider.Value!["kind"]));
        Assert.Empty(found.Vendors);
    }

    [Theory]
    [InlineData("http://127.0.0.1:0")]
    [InlineData("http://0.0.0.0:0")]
    public async Task Serve_NothingButAKeyForCallers_AsksForIt(string urls)
    {
        await using var process = RouterProcess.Start([("ROUTER_KEY", Key)], "--urls", urls);

        var banner = await process.ReadUntilAsync("codex ");

        Assert.Contains("Found   no vendor", banner, StringComparison.Ordinal);
        Assert.Contains("Config  built in, for callers with the key in ROUTER_KEY", banner, StringComparison.Ordinal);
        Assert.Contains("-H 'authorization: Bearer YOUR_KEY'", banner, StringComparison.Ordinal);
        Assert.DoesNotContain(Key, banner, StringComparison.Ordinal);
        var port = banner.Split("Listening on ")[1].Split('\n')[0].Trim().Split(':')[^1];
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}/") };
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("v1/models")).StatusCode);
        client.DefaultRequestHeaders.Authorization = new("Bearer", Key);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("v1/models")).StatusCode);
    }

    [Theory]
    [InlineData]
    [InlineData("OPENAI_API_KEY", Key)]
    public async Task Serve_KeyForCallersCannotBeUsed_SaysWhyAndDoesNotServeWithoutIt(params string[] vendor)
    {
        var run = await RouterProcess.RunAsync(new RouterSurroundings { Variables = [("ROUTER_KEY", "\"quoted\""), .. vendor.Chunk(2).Select(static pair => (pair[0], pair[1]))] }, "--urls", "http://127.0.0.1:0");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("from the environment: keys.default.secret", run.Error, StringComparison.Ordinal);
        Assert.Contains("ROUTER_KEY has quotes", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("quoted\"", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("OPENAI_API_KEY", "openai")]
    [InlineData("ANTHROPIC_API_KEY", "anthropic")]
    [InlineData("GEMINI_API_KEY", "gemini")]
    [InlineData("GOOGLE_API_KEY", "gemini")]
    [InlineData("GROQ_API_KEY", "groq")]
    [InlineData("MISTRAL_API_KEY", "mistral")]
    [InlineData("DEEPSEEK_API_KEY", "deepseek")]
    [InlineData("OPENROUTER_API_KEY", "openrouter")]
    [InlineData("XAI_API_KEY", "xai")]
    public async Task Find_OneKey_AutoOverModelsOfTheVendor(string variable, string kind)
    {
        var found = await FindAsync((variable, Key));

        var json = await ValidAsync(found, (variable, Key));
        Assert.Equal($"env:{variable}", (string?)json["providers"]![kind]!["credential"]);
        Assert.InRange(json["models"]!.AsObject().Count, 1, 4);
        Assert.NotEmpty(json["routes"]!["auto"]!["candidates"]!.AsArray());
        Assert.Contains(variable, Assert.Single(found.Vendors), StringComparison.Ordinal);
        Assert.DoesNotContain(Key, Encoding.UTF8.GetString(found.Text!.Value.Span) + string.Concat(found.Vendors), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Find_SeveralKeys_ModelsOfAllAndNoWarnings()
    {
        (string, string)[] variables = [("OPENAI_API_KEY", Key), ("ANTHROPIC_API_KEY", Key), ("GEMINI_API_KEY", Key), ("ROUTER_KEY", Key)];
        var found = await FindAsync(variables);

        var json = await ValidAsync(found, variables);
        Assert.Equal(["openai", "anthropic", "gemini"], json["providers"]!.AsObject().Select(static provider => provider.Key));
        Assert.Equal("env:ROUTER_KEY", (string?)json["keys"]!["default"]!["secret"]);
    }

    [Theory]
    [InlineData("OPENAI_BASE_URL", "http://127.0.0.1:8080/v1", "points at this router")]
    [InlineData("OPENAI_BASE_URL", "gateway", "is no http address")]
    [InlineData("AZURE_OPENAI_ENDPOINT", "https://team.openai.azure.com", "name a deployment in AZURE_OPENAI_DEPLOYMENT")]
    [InlineData("AZURE_OPENAI_API_KEY", "not-a-key-either", "AZURE_OPENAI_ENDPOINT is not")]
    [InlineData("GROQ_API_KEY", "\"quoted\"", "GROQ_API_KEY has quotes")]
    [InlineData("OLLAMA_HOST", "127.0.0.1:11500", "no server of models answers")]
    public async Task Find_WhatCannotBeUsed_IsToldAndTheRestServes(string name, string value, string expected)
    {
        (string, string)[] variables = [("OPENAI_API_KEY", Key), (name, value)];
        var found = await FindAsync(variables);

        await ValidAsync(found, variables);
        Assert.Contains(expected, Assert.Single(found.Notes), StringComparison.Ordinal);
        Assert.DoesNotContain("quoted", found.Notes[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Find_AddressOfAGateway_ModelsWithWhatTheCatalogueKnows()
    {
        (string, string)[] variables = [("OPENAI_API_KEY", Key), ("OPENAI_BASE_URL", "https://gateway.example.com/openai/v1")];
        var json = await ValidAsync(await FindAsync(variables), variables);

        Assert.Equal("https://gateway.example.com/openai/v1/", (string?)json["providers"]!["openai"]!["endpoint"]);
        Assert.All(json["models"]!.AsObject(), static model => Assert.NotNull(model.Value!["price"]!["inputPerMillion"]));
    }

    [Fact]
    public async Task Find_AzureWithADeployment_ThatDeployment()
    {
        (string, string)[] variables = [("AZURE_OPENAI_API_KEY", Key), ("AZURE_OPENAI_ENDPOINT", "https://team.openai.azure.com/"), ("AZURE_OPENAI_DEPLOYMENT", "gpt-5-mini")];
        var json = await ValidAsync(await FindAsync(variables), variables);

        Assert.Equal("""{"deployments":[{"provider":"azure-openai"}]}""", json["models"]!["gpt-5-mini"]!.ToJsonString());
    }

    [Fact]
    public async Task Find_AzureWithoutAKey_TheIdentityOfTheMachine()
    {
        (string, string)[] variables = [("AZURE_OPENAI_ENDPOINT", "https://team.openai.azure.com/"), ("AZURE_OPENAI_DEPLOYMENT_NAME", "GPT-5-mini")];
        var json = await ValidAsync(await FindAsync(variables), variables);

        Assert.Equal("entra", (string?)json["providers"]!["azure-openai"]!["credential"]);
        Assert.Equal("GPT-5-mini", (string?)json["models"]!["gpt-5-mini"]!["deployments"]![0]!["name"]);
    }

    [Fact]
    public async Task Find_AnthropicsAddressWithoutAVersion_GetsIt()
    {
        (string, string)[] variables = [("ANTHROPIC_API_KEY", Key), ("ANTHROPIC_BASE_URL", "https://proxy.example.com")];
        var json = await ValidAsync(await FindAsync(variables), variables);

        Assert.Equal("https://proxy.example.com/v1/", (string?)json["providers"]!["anthropic"]!["endpoint"]);
    }

    [Fact]
    public async Task Find_NothingButAnOllama_ItsModelsForNothing()
    {
        var found = await EnvironmentConfiguration.FindAsync(static name => name == "OLLAMA_CONTEXT_LENGTH" ? "65536" : null, new Servers("qwen3:8b", "nomic-embed-text"), LocalRouterOptions.DefaultUrl, CancellationToken.None);

        var json = await ValidAsync(found);
        var (name, model) = Assert.Single(json["models"]!.AsObject());
        Assert.Equal("qwen3:8b", name);
        Assert.Equal((true, 65536), ((bool)model!["price"]!["free"]!, (int)model["contextWindow"]!));
        Assert.Contains("Ollama (http://127.0.0.1:11434)", found.Vendors);
    }

    [Fact]
    public async Task Servers_ThatAnswer_TellTheirModels_OthersTellNothingInAMoment()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        await using var server = builder.Build();
        server.MapGet("/v1/models", static context => context.Response.WriteAsync("""{"object":"list","data":[{"id":"llama3.2"},{"id":7},3]}"""));
        server.MapGet("/models", static context => context.Response.WriteAsync("nothing"));
        await server.StartAsync();
        var address = new Uri(server.Urls.First() + "/");

        var servers = new ModelServers(TimeSpan.FromSeconds(20));
        Assert.Equal("llama3.2", Assert.Single(await servers.ModelsAsync(new Uri(address, "v1/"), key: null, CancellationToken.None)));
        Assert.Empty(await servers.ModelsAsync(address, key: null, CancellationToken.None));
        Assert.Empty(await servers.ModelsAsync(new Uri("http://127.0.0.1:9/v1/"), key: null, CancellationToken.None));
    }

    [Fact]
    public async Task Serve_KeyInTheEnvironment_SaysWhatItFoundAndHowToUseIt()
    {
        await using var process = RouterProcess.Start([("OPENAI_API_KEY", Key), ("OPENAI_BASE_URL", "https://gateway.example.com/v1")], "--urls", "http://127.0.0.1:0");

        var banner = await process.ReadUntilAsync("codex ");

        Assert.Contains("Found   OpenAI (OPENAI_API_KEY, OPENAI_BASE_URL)", banner, StringComparison.Ordinal);
        Assert.Contains("Config  from the environment; write it down with: serverless-router init", banner, StringComparison.Ordinal);
        Assert.Contains("ANTHROPIC_BASE_URL=http://127.0.0.1:", banner, StringComparison.Ordinal);
        Assert.Contains("wire_api=\"responses\"", banner, StringComparison.Ordinal);
        Assert.DoesNotContain(Key, banner, StringComparison.Ordinal);
        Assert.DoesNotContain("warning", await process.StopForErrorsAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Init_ThenValidate_TheFileIsWhatItWouldRunOn()
    {
        var folder = Directory.CreateTempSubdirectory("router-init-");
        try
        {
            var here = new RouterSurroundings(folder.FullName) { Variables = [("ANTHROPIC_API_KEY", Key)] };
            var written = await RouterProcess.RunAsync(here, "init");
            var again = await RouterProcess.RunAsync(here, "init");
            var valid = await RouterProcess.RunAsync(here, "validate");

            Assert.Equal((0, ""), (written.ExitCode, written.Error));
            Assert.Contains("Found   Anthropic (ANTHROPIC_API_KEY)", written.Output, StringComparison.Ordinal);
            var schema = Path.Combine(folder.FullName, "router.schema.json");
            Assert.Contains($"Written {schema}", written.Output, StringComparison.Ordinal);
            Assert.Equal(RouterSchema.Generate(ProviderKinds.All), await File.ReadAllTextAsync(schema));
            Assert.Equal(1, again.ExitCode);
            Assert.Contains("--force", again.Error, StringComparison.Ordinal);
            Assert.Equal((0, ""), (valid.ExitCode, valid.Error));
            Assert.DoesNotContain("warning", valid.Output, StringComparison.Ordinal);
            Assert.StartsWith("// Made from the environment", await File.ReadAllTextAsync(Path.Combine(folder.FullName, "router.json")), StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData]
    [InlineData("ROUTER_KEY", Key)]
    public async Task Init_NoVendor_WritesSimulatedModelsAndSaysWhatTheFileIs(params string[] variable)
    {
        var folder = Directory.CreateTempSubdirectory("router-init-");
        try
        {
            var here = new RouterSurroundings(folder.FullName) { Variables = [.. variable.Chunk(2).Select(static pair => (pair[0], pair[1]))] };
            var schema = Path.Combine(folder.FullName, "router.schema.json");
            await File.WriteAllTextAsync(schema, "an owner's own");

            var written = await RouterProcess.RunAsync(here, "init");
            var valid = await RouterProcess.RunAsync(here, "validate");

            Assert.Equal((0, ""), (written.ExitCode, written.Error));
            Assert.Equal((0, ""), (valid.ExitCode, valid.Error));
            var text = await File.ReadAllTextAsync(Path.Combine(folder.FullName, "router.json"));
            Assert.StartsWith("// Made by serverless-router init, which found no vendor", text, StringComparison.Ordinal);
            Assert.DoesNotContain("given no configuration", text, StringComparison.Ordinal);
            Assert.Contains("\"$schema\": \"./router.schema.json\"", text, StringComparison.Ordinal);
            Assert.Equal(variable.Length > 0, text.Contains("env:ROUTER_KEY", StringComparison.Ordinal));
            Assert.Equal("an owner's own", await File.ReadAllTextAsync(schema));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static Task<EnvironmentConfiguration> FindAsync(params (string Name, string Value)[] variables) =>
        EnvironmentConfiguration.FindAsync(Reader(variables), new Servers(), LocalRouterOptions.DefaultUrl, CancellationToken.None);

    private static Func<string, string?> Reader((string Name, string Value)[] variables) => name => variables.FirstOrDefault(variable => variable.Name == name).Value;

    private static async Task<JsonNode> ValidAsync(EnvironmentConfiguration found, params (string Name, string Value)[] variables)
    {
        var loaded = await new RouterConfigLoader(ProviderKinds.All, [new EnvironmentSecretResolver(Reader(variables))]).LoadAsync(found.Text!.Value);
        Assert.Empty(loaded.Errors);
        Assert.Empty(loaded.Warnings);
        return JsonNode.Parse(found.Text.Value.Span, documentOptions: Commented)!;
    }

    /// <summary>Servers of which only the one at Ollama's usual address has models.</summary>
    private sealed class Servers(params string[] models) : IModelServers
    {
        public Task<ImmutableArray<string>> ModelsAsync(Uri endpoint, string? key, CancellationToken cancellationToken) =>
            Task.FromResult<ImmutableArray<string>>(endpoint.Port == 11434 ? [.. models] : []);
    }
}
