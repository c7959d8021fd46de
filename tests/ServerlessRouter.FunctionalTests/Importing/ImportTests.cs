using System.Text.Json.Nodes;
using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.LocalHost.Importing;
using ServerlessRouter.LocalHost.Starting;
using Xunit;

namespace ServerlessRouter.FunctionalTests.Importing;

/// <summary>Configurations of other products, of the kinds that people publish, become configurations of this one.</summary>
public sealed class ImportTests
{
    private static readonly string Cases = Path.Combine(AppContext.BaseDirectory, "Importing", "cases");

    public static TheoryData<string> Files => [.. Directory.EnumerateFiles(Cases).Select(static path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Import_PublishedKind_PassesOurOwnValidation(string file)
    {
        var result = await ImportCaseAsync(file);

        Assert.Empty(result.Check.Errors);
        Assert.NotEmpty(result.Notes);
        Assert.DoesNotContain("in-plain-sight", result.Text + string.Concat(result.Notes.Select(static note => note.Text)), StringComparison.Ordinal);
        Assert.DoesNotContain("secret-password", result.Text + string.Concat(result.Notes.Select(static note => note.Text)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task LiteLlm_TwoVendors_FallbackLimitsAndTheMasterKeyByItsHash()
    {
        var result = await ImportCaseAsync("litellm-two-vendors.yaml");

        var route = result.Json["routes"]!["gpt-4o"]!;
        Assert.Equal("""["openai/gpt-4o"]""", route["candidates"]!.ToJsonString());
        Assert.Equal("""["anthropic/claude-sonnet-4-5"]""", route["fallbacks"]!.ToJsonString());
        Assert.Equal("""{"attempts":4,"deadlineSeconds":60}""", route["limits"]!.ToJsonString());
        Assert.Equal("claude-sonnet-4-5-20250929", (string?)result.Json["models"]!["anthropic/claude-sonnet-4-5"]!["deployments"]![0]!["name"]);
        Assert.Equal("env:ANTHROPIC_API_KEY", (string?)result.Json["providers"]!["anthropic"]!["credential"]);
        Assert.Equal("sha256:88dc28d0f030c55ed4ab77ed8faf098196cb1c05df778539800c9f1243fe6b4b", (string?)result.Json["keys"]!["master"]!["secret"]);
    }

    [Fact]
    public async Task LiteLlm_ModelsOfTheCatalogue_AreLeftToIt()
    {
        var result = await ImportCaseAsync("litellm-two-vendors.yaml");

        Assert.Equal("""{"deployments":[{"provider":"openai","name":"gpt-4o"}]}""", result.Json["models"]!["openai/gpt-4o"]!.ToJsonString());
        Assert.DoesNotContain(result.Notes, static note => note.Text.Contains("guess", StringComparison.Ordinal));
        Assert.Equal(2.5m, result.Check.Model!.Models.Single(static model => model.Name == "openai/gpt-4o").Price.InputPerMillion);
    }

    [Fact]
    public async Task LiteLlm_DeploymentsWithNamesOfTheirOwn_FiguresOfTheModelTheyAreOf()
    {
        var result = await ImportCaseAsync("litellm-credentials.yaml");

        Assert.Contains(result.Notes, static note => note.Outcome == ImportOutcome.ToDo && note.Text.Contains("AZURE_API_BASE", StringComparison.Ordinal));
        Assert.All(result.Check.Model!.Models, static model => Assert.Equal(1.25m, model.Price.InputPerMillion));
    }

    [Fact]
    public async Task LiteLlm_RegionsOfOneModel_AreDeploymentsOfOneModel()
    {
        var result = await ImportCaseAsync("litellm-azure-regions.yaml");

        var (name, model) = Assert.Single(result.Json["models"]!.AsObject());
        Assert.Equal("gpt-4o", name);
        Assert.Equal(["gpt-4o-eu", "gpt-4o-ca", "gpt-4o"], model!["deployments"]!.AsArray().Select(static deployment => (string?)deployment!["name"]));
        Assert.Equal([60, 20, 10], model["deployments"]!.AsArray().Select(static deployment => (int)deployment!["weight"]!));
        Assert.Equal(2, (int)model["deployments"]![2]!["priority"]!);
        Assert.Equal((2.5m, 1.25m, 10m), ((decimal)model["price"]!["inputPerMillion"]!, (decimal)model["price"]!["cachedInputPerMillion"]!, (decimal)model["price"]!["outputPerMillion"]!));
        Assert.Equal("https://contoso-canada.openai.azure.com/", (string?)result.Json["providers"]!["azure-contoso-canada"]!["endpoint"]);
        Assert.Contains(result.Notes, static note => note is { Outcome: ImportOutcome.NoCounterpart, Path: "router_settings.redis_host", Line: 30 });
    }

    [Fact]
    public async Task LiteLlm_BridgeToResponses_DeploymentsThatAnswerThereAlone()
    {
        var result = await ImportCaseAsync("litellm-responses-bridge.yaml");

        var deployments = result.Check.Model!.Models.SelectMany(static model => model.Deployments).Select(static deployment => (deployment.Name, deployment.OnlyResponses)).Order();
        Assert.Equal([("gpt-5-pro", true), ("gpt-5.3-codex", true), ("grok-4", false), ("my-codex", true)], deployments);
        Assert.Contains(result.Notes, static note => note is { Outcome: ImportOutcome.Carried, Path: "model_list[0]" } && note.Text.Contains("Responses API", StringComparison.Ordinal));
    }

    [Fact]
    public async Task LiteLlm_AnchorsAndMergeKeys_AreFollowedAndOverridden()
    {
        var result = await ImportCaseAsync("litellm-anchors.yaml");

        Assert.Equal(["azure-contoso", "azure-contoso-2"], result.Json["models"]!["azure/gpt-4o-mini"]!["deployments"]!.AsArray().Select(static deployment => (string?)deployment!["provider"]));
        Assert.Equal(0.2m, (decimal)result.Json["models"]!["azure/gpt-4o-mini"]!["parameters"]!["default"]!["temperature"]!);
        Assert.Equal("""{"attemptSeconds":90,"firstTokenSeconds":20}""", result.Json["routes"]!["large"]!["limits"]!.ToJsonString());
    }

    [Fact]
    public async Task LiteLlm_ServersOfOnesOwn_CostNothingAndNeedNoKey()
    {
        var result = await ImportCaseAsync("litellm-local-servers.yaml");

        Assert.All(result.Json["models"]!.AsObject(), static model => Assert.True((bool?)model.Value!["price"]!["free"]));
        Assert.All(result.Json["providers"]!.AsObject(), static provider => Assert.Contains((string?)provider.Value!["credential"], new[] { null, "none" }));
        Assert.Contains("http://host.docker.internal:11434/v1/", result.Text, StringComparison.Ordinal);
        Assert.Contains("\"http://127.0.0.1:1234/v1/\"", result.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bedrock-claude", "Bedrock")]
    [InlineData("vertex", "Google AI Studio")]
    [InlineData("dall-e-3", "image generation")]
    public async Task LiteLlm_WhatIsNotSpokenHere_IsNamedWithTheWayOut(string group, string reason)
    {
        var result = await ImportCaseAsync("litellm-many-vendors.yaml");

        Assert.Null(result.Json["models"]![group]);
        Assert.Contains(result.Notes, note => note.Outcome == ImportOutcome.NoCounterpart && note.Text.Contains(group, StringComparison.Ordinal) && note.Text.Contains(reason, StringComparison.Ordinal));
        Assert.Equal("""["embeddings"]""", result.Json["models"]!["embed"]!["capabilities"]!.ToJsonString());
        Assert.Equal("""{"kind":"xai","credential":"env:XAI_API_KEY"}""", result.Json["providers"]!["xai"]!.ToJsonString());
    }

    [Fact]
    public async Task LiteLlm_DifferentModelsUnderOneName_EachHasItsOwnPrice()
    {
        var result = await ImportCaseAsync("litellm-one-name-many-models.yaml");

        Assert.Equal("""["openai/gpt-4.1","anthropic/claude-opus-4-1"]""", result.Json["routes"]!["smart"]!["candidates"]!.ToJsonString());
        Assert.Equal("""{"prefer":"cost"}""", result.Json["routes"]!["smart"]!["objective"]!.ToJsonString());
        Assert.True(JsonNode.DeepEquals(result.Json["routes"]!["smart"], result.Json["routes"]!["best"]));
        Assert.Equal("next", (string?)result.Json["routes"]!["smart"]!["onContentFilter"]);
        Assert.Equal(["env:OPENAI_API_KEY", "env:ANTHROPIC_API_KEY", "env:OPENAI_API_KEY_2"], result.Json["providers"]!.AsObject().Select(static provider => (string?)provider.Value!["credential"]));
        Assert.Contains(result.Notes, static note => note.Outcome == ImportOutcome.ToDo && note.Text.Contains("OPENAI_API_KEY_2", StringComparison.Ordinal));
    }

    [Fact]
    public async Task LiteLlm_PricesAbilitiesHeaders_AreCarriedOver()
    {
        var result = await ImportCaseAsync("litellm-prices-and-abilities.yaml");

        var model = result.Json["models"]!["openai/house-7b"]!;
        Assert.Equal("""{"inputPerMillion":0.6,"outputPerMillion":2.4,"above":[{"tokens":200000,"inputPerMillion":1.2,"outputPerMillion":4.8}]}""", model["price"]!.ToJsonString());
        Assert.Equal("""["tools","json_schema"]""", model["capabilities"]!.ToJsonString());
        Assert.Equal(1_000_000, (int)model["contextWindow"]!);
        Assert.Equal("env:GATEWAY_TOKEN", (string?)result.Json["providers"]!["openai"]!["headers"]!["x-gateway-token"]);
        Assert.DoesNotContain(result.Notes, static note => note.Outcome == ImportOutcome.ToDo && note.Text.Contains("guess", StringComparison.Ordinal));
        Assert.DoesNotContain("not-a-real-key", result.Text + string.Concat(result.Notes.Select(static note => note.Text)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task LiteLlm_AddressInAVariable_IsFilledInWhereItIsSet()
    {
        var set = await ImportCaseAsync("litellm-credentials.yaml", ("AZURE_API_BASE", "https://contoso-shared.openai.azure.com/"));
        var unset = await ImportCaseAsync("litellm-credentials.yaml");

        Assert.Equal("https://contoso-shared.openai.azure.com/", (string?)set.Json["providers"]!["azure-contoso-shared"]!["endpoint"]);
        Assert.Equal("env:AZURE_API_KEY", (string?)set.Json["providers"]!["azure-contoso-shared"]!["credential"]);
        Assert.Equal("entra", (string?)set.Json["providers"]!["azure-contoso-entra"]!["credential"]);
        Assert.Contains(unset.Notes, static note => note.Outcome == ImportOutcome.ToDo && note.Text.Contains("AZURE_API_BASE", StringComparison.Ordinal));
    }

    [Fact]
    public async Task LiteLlm_InAConfigMap_IsTakenOutOfIt()
    {
        var result = await ImportCaseAsync("litellm-configmap.yaml");

        Assert.NotNull(result.Json["routes"]!["gpt-4o-mini"]);
        Assert.Equal("env:OPENAI_API_KEY", (string?)result.Json["providers"]!["openai"]!["credential"]);
    }

    [Fact]
    public async Task Portkey_Fallback_CandidateAndFallbacks()
    {
        var result = await ImportCaseAsync("portkey-fallback.json");

        var auto = result.Json["routes"]!["auto"]!;
        Assert.StartsWith("openai/", (string?)auto["candidates"]![0], StringComparison.Ordinal);
        Assert.Equal("""["anthropic/claude-sonnet-4-5"]""", auto["fallbacks"]!.ToJsonString());
        Assert.Equal("""{"attempts":5,"attemptSeconds":10,"deadlineSeconds":120}""", auto["limits"]!.ToJsonString());
        Assert.Equal("""{"max_tokens":1024}""", result.Json["models"]!["anthropic/claude-sonnet-4-5"]!["parameters"]!["default"]!.ToJsonString());
        Assert.Contains(result.Notes, static note => note is { Outcome: ImportOutcome.NoCounterpart, Path: "cache" });
        Assert.Contains(result.Notes, static note => note.Outcome == ImportOutcome.ToDo && note.Text.Contains("openai-prod-3f2a1b", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Portkey_LoadBalanceOverOneModel_WeightedDeployments()
    {
        var result = await ImportCaseAsync("portkey-loadbalance.json");

        var (_, model) = Assert.Single(result.Json["models"]!.AsObject());
        Assert.Equal([70, 30], model!["deployments"]!.AsArray().Select(static deployment => (int)deployment!["weight"]!));
        Assert.Equal(["azure-contoso", "openai"], model["deployments"]!.AsArray().Select(static deployment => (string?)deployment!["provider"]));
    }

    [Fact]
    public async Task Portkey_Conditional_RulesInOrderAndRoutesForModelsAskedFor()
    {
        var result = await ImportCaseAsync("portkey-conditional.json");

        var auto = result.Json["routes"]!["auto"]!;
        Assert.Equal("""{"metadata":{"user_plan":"paid"}}""", auto["rules"]![0]!["when"]!.ToJsonString());
        Assert.Equal("""{"metadata":{"region":["eu","uk"]},"parameters":{"temperature":{"min":0.7}}}""", auto["rules"]![1]!["when"]!.ToJsonString());
        Assert.Equal("""["anthropic/claude-opus-4-1","gemini/gemini-2.5-pro"]""", auto["rules"]![1]!["use"]!.ToJsonString());
        Assert.Equal("openai/gpt-4.1-mini", (string?)auto["candidates"]![0]);
        Assert.Equal("""["openai/gpt-4.1-mini"]""", result.Json["routes"]!["fastest"]!["candidates"]!.ToJsonString());
        Assert.Contains(result.Notes, static note => note.Outcome == ImportOutcome.NoCounterpart && note.Text.Contains("$regex", StringComparison.Ordinal));
        Assert.Contains(result.Notes, static note => note.Outcome == ImportOutcome.NoCounterpart && note.Text.Contains("nothing checks prompts", StringComparison.Ordinal));
    }

    [Fact]
    public async Task OpenRouter_ModelsWithPrices_AreCarriedOver()
    {
        var model = (await ImportCaseAsync("openrouter-models.json")).Json["models"]!["openai/gpt-5-mini"]!;

        Assert.Equal("""{"inputPerMillion":0.25,"cachedInputPerMillion":0.025,"outputPerMillion":2}""", model["price"]!.ToJsonString());
        Assert.Equal("""["tools","vision","json_schema","files","reasoning"]""", model["capabilities"]!.ToJsonString());
        Assert.Equal((400_000, 128_000), ((int)model["contextWindow"]!, (int)model["maxOutputTokens"]!));
    }

    [Fact]
    public async Task OpenRouter_ListWithSuffixes_ModelsInOrderAndAnObjective()
    {
        var result = await ImportCaseAsync("openrouter-list.json");

        Assert.Equal("""["openai/gpt-5-mini","anthropic/claude-sonnet-4.5","meta-llama/llama-3.3-70b-instruct:free"]""", result.Json["routes"]!["auto"]!["candidates"]!.ToJsonString());
        Assert.Equal("""{"prefer":"latency"}""", result.Json["routes"]!["auto"]!["objective"]!.ToJsonString());
        Assert.True((bool?)result.Json["models"]!["meta-llama/llama-3.3-70b-instruct:free"]!["price"]!["free"]);
    }

    [Theory]
    [InlineData("model_list:\n\t- model_name: a", "line 1", "A tab stands where spaces are needed")]
    [InlineData("model_list:\n  - model_name: a\n    litellm_params:\n      model: openai/x: y\n", "line 4", "put the value into quotes")]
    [InlineData("model_list:\n  - model_name: a\n    litellm_params: {model: x\n", "line", "this is not YAML")]
    [InlineData("model_list:\n  - model_name: a\n    litellm_params: *missing\n", "line 3", "no anchor &missing")]
    [InlineData("model_list:\n  - model_name: a\n    model_name: b\n", "line 3", "'model_name' is written twice")]
    [InlineData("model_list:\n  - litellm_params:\n      model: gpt-4o\n", "line 2", "model_list[0] has no model_name")]
    [InlineData("model_list:\n  - model_name: a\n    model: gpt-4o\n", "line 2", "'a') has no litellm_params")]
    [InlineData("model_list:\n  model_name: a\n", "line 2", "model_list is not a list")]
    [InlineData("model_list:\n  - model_name: a\n    litellm_params: {model: gpt-4o, litellm_credential_name: other}\n", "line 3", "the credential 'other', which is not in credential_list")]
    [InlineData("model_list:\n  - model_name: '*'\n    litellm_params: {model: 'openai/*'}\n", "line 2", "stands for every model of a vendor")]
    [InlineData("litellm_settings:\n  num_retries: 2\n", "no model_list", "no model to route to")]
    [InlineData("{ \"targets\": [ { \"provider\": \"openai\" }\n \"x\" ] }", "line 2, column 2", "comma is missing")]
    [InlineData("{ \"targets\": [ { \"provider\": \"bedrock\" } ] }", "line 1", "Bedrock")]
    [InlineData("[1, 2]", "line 1", "names no model of OpenRouter")]
    [InlineData("services:\n  web: {image: x}\n", "none of the configurations", "model_list")]
    [InlineData("# nothing\n", "comments only", "")]
    [InlineData("", "is empty", "")]
    public async Task Import_BrokenFile_SaysWhereAndWhatToWrite(string text, params string[] expected)
    {
        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => ForeignConfiguration.ImportAsync(text, "team.yaml", static _ => null, CancellationToken.None));

        Assert.All(expected, words => Assert.Contains(words, refused.Message, StringComparison.Ordinal));
        Assert.StartsWith("team.yaml", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Import_AliasesOfAliases_DoNotGrow()
    {
        var lines = string.Concat(Enumerable.Range(1, 60).Select(static level => $"a{level}: &a{level} [{string.Join(", ", Enumerable.Repeat(level == 1 ? "x" : $"*a{level - 1}", 9))}]\n"));

        var result = await ForeignConfiguration.ImportAsync($"{lines}model_list:\n  - model_name: a\n    litellm_params: {{model: gpt-4o}}\n", "bomb.yaml", static _ => null, CancellationToken.None);

        Assert.NotNull(result.Check.Model);
    }

    [Fact]
    public async Task Command_WithOutput_WritesAFileThatValidates()
    {
        var folder = Directory.CreateTempSubdirectory("router-import-");
        var here = new RouterSurroundings(folder.FullName);
        try
        {
            var source = Path.Combine(Cases, "litellm-two-vendors.yaml");
            var printed = await RouterProcess.RunAsync(here, "import", source);
            var written = await RouterProcess.RunAsync(here, "import", source, "--output", "router.json");
            var again = await RouterProcess.RunAsync(here, "import", source, "--output", "router.json");
            var valid = await RouterProcess.RunAsync(here, "validate", "--no-secrets", "router.json");
            var report = JsonNode.Parse((await RouterProcess.RunAsync(here, "import", source, "--json")).Output)!;

            Assert.StartsWith("// Imported from litellm-two-vendors.yaml", printed.Output, StringComparison.Ordinal);
            Assert.Contains("Carried over", printed.Error, StringComparison.Ordinal);
            Assert.Equal((0, ""), (written.ExitCode, written.Error));
            Assert.Contains("Carried over", written.Output, StringComparison.Ordinal);
            Assert.Equal(1, again.ExitCode);
            Assert.Contains("--force", again.Error, StringComparison.Ordinal);
            Assert.Contains("is valid: 2 routes, 2 models, 2 providers", valid.Output, StringComparison.Ordinal);
            Assert.Equal("LiteLLM", (string?)report["format"]);
            Assert.NotNull(report["configuration"]!["models"]);
            Assert.Contains($"Written to {Path.Combine(folder.FullName, "router.schema.json")}", written.Output, StringComparison.Ordinal);
            Assert.True(File.Exists(Path.Combine(folder.FullName, "router.schema.json")));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<ImportResult> ImportCaseAsync(string file, params (string Name, string Value)[] variables) => await ForeignConfiguration.ImportAsync(
        await File.ReadAllTextAsync(Path.Combine(Cases, file)), file, name => variables.FirstOrDefault(variable => variable.Name == name).Value, CancellationToken.None);
}
