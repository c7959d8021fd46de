using System.Text;
using ServerlessRouter.Configuration;
using ServerlessRouter.Configuration.Catalogue;
using ServerlessRouter.Configuration.Loading;
using ServerlessRouter.Configuration.Secrets;
using ServerlessRouter.Domain;
using ServerlessRouter.Providers;
using Xunit;

namespace ServerlessRouter.Core.Tests.Configuration.Catalogue;

public sealed class CatalogueConfigurationTests
{
    [Fact]
    public async Task Load_ModelByItsNameAlone_TakesAllFromTheCatalogue()
    {
        var router = await LoadedAsync("""{ "providers": { "openai": { "kind": "openai" } }, "models": { "gpt-5-mini": {} } }""");

        var model = Assert.Single(router.Models);
        Assert.Equal((0.25m, 400_000, 128_000), (model.Price.InputPerMillion, model.ContextWindow, model.MaxOutputTokens));
        Assert.True(model.Capabilities.HasFlag(Capabilities.Tools | Capabilities.Vision | Capabilities.JsonSchema | Capabilities.Reasoning));
        Assert.True(model.StatesQuality);
        Assert.Equal(ModelCatalogue.Shipped.Version, model.PriceVersion);
        var deployment = Assert.Single(model.Deployments);
        Assert.Equal("openai/gpt-5-mini", deployment.Id);
        Assert.Equal("max_completion_tokens", deployment.Parameters!.Renames["max_tokens"]);
        Assert.Contains("temperature", deployment.Parameters.Drops.AsEnumerable());
        Assert.Equal("env:OPENAI_API_KEY", Assert.IsType<Credential.ApiKey>(deployment.Provider.Credential).Reference);
    }

    [Fact]
    public async Task Load_WhatIsWritten_Stands()
    {
        var router = await LoadedAsync(
            """
            { "providers": { "a": { "kind": "openai" } },
              "models": { "gpt-5-mini": { "price": { "inputPerMillion": 9, "outputPerMillion": 10 }, "maxOutputTokens": 1000, "capabilities": ["tools"], "quality": { "default": 0.1 },
                                          "parameters": { "default": { "temperature": 1 } }, "deployments": [{ "provider": "a", "weight": 3 }] } } }
            """);

        var model = Assert.Single(router.Models);
        Assert.Equal((9m, 400_000, 1000, 0.1f), (model.Price.InputPerMillion, model.ContextWindow, model.MaxOutputTokens, model.DefaultQuality));
        Assert.False(model.Capabilities.HasFlag(Capabilities.Vision));
        Assert.Equal(router.Version, model.PriceVersion);
        Assert.Equal(3, model.Deployments[0].Weight);
        Assert.DoesNotContain("temperature", model.Deployments[0].Parameters!.Drops.AsEnumerable());
    }

    [Fact]
    public async Task Load_ModelThatStatesPriceAndWindow_IsNotLookedUp()
    {
        var router = await LoadedAsync(
            """{ "providers": { "a": { "kind": "openai" } }, "models": { "gpt-5-mini": { "price": { "free": true }, "contextWindow": 10, "deployments": [{ "provider": "a" }] } } }""",
            catalogue: Text("""{"version":"1","sources":[],"evidence":{},"models":{}}"""));

        Assert.Equal((10, Capabilities.Streaming), (router.Models[0].ContextWindow, router.Models[0].Capabilities));
    }

    [Fact]
    public async Task Load_RouteThatNamesACatalogueModel_NeedsNoModels()
    {
        var router = await LoadedAsync(
            """{ "providers": { "claude": { "kind": "anthropic" }, "groq": { "kind": "groq" } }, "routes": { "auto": { "candidates": ["openai/gpt-oss-20b"], "fallbacks": ["claude-haiku-4-5"] } } }""");

        Assert.Equal(["openai/gpt-oss-20b", "claude-haiku-4-5"], router.Models.Select(static model => model.Name));
        Assert.Equal("groq/openai/gpt-oss-20b", router.Models[0].Deployments[0].Id);
        Assert.Contains("logprobs", router.Models[0].Deployments[0].Parameters!.Drops.AsEnumerable());
    }

    [Fact]
    public async Task Load_SeveralProvidersOfTheVendor_AsksForDeployments()
    {
        const string Two = """{ "providers": { "one": { "kind": "openai" }, "two": { "kind": "openai" }, "claude": { "kind": "anthropic" } }, "models": { "gpt-5-mini": {} } }""";

        Assert.Equal(
            ["models.gpt-5-mini.deployments: must be written, because several providers have this model: one, two; name one or more of them as deployments, for example [{ \"provider\": \"one\" }]"],
            await ErrorsAsync(Two));
    }

    [Fact]
    public async Task Load_NoProviderOfTheVendor_SaysWhichVendorsHaveIt() => Assert.Equal(
        ["models.gpt-5-mini.deployments: must be written, because no provider here is of a vendor that the catalogue knows to have this model (openai, azure-openai); add one, or name your own"],
        await ErrorsAsync("""{ "providers": { "claude": { "kind": "anthropic" } }, "models": { "gpt-5-mini": {} } }"""));

    [Fact]
    public async Task Load_UnknownModel_MustStateItsPrice()
    {
        var errors = await ErrorsAsync("""{ "providers": { "a": { "kind": "openai" } }, "models": { "gpt-5-mimi": { "deployments": [{ "provider": "a" }] } } }""");

        Assert.Equal(2, errors.Count);
        Assert.StartsWith("models.gpt-5-mimi.price: is missing and must be written: the catalogue has no model of this name (did you mean \"gpt-5-mini\"?)", errors[0], StringComparison.Ordinal);
        Assert.StartsWith("models.gpt-5-mimi.contextWindow: is missing and must be written", errors[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Load_ModelWithoutAKnownPrice_MustStateIt()
    {
        var errors = await ErrorsAsync("""{ "providers": { "g": { "kind": "groq" } }, "models": { "groq/compound": {} } }""");

        Assert.Equal(["models[\"groq/compound\"].price: is missing and must be written: the catalogue knows no price of groq/compound at groq; write it in USD, or \"free\": true for a model that costs nothing"], errors);
    }

    [Fact]
    public async Task Load_DeploymentsThatCostDifferently_MustStateThePrice()
    {
        var errors = await ErrorsAsync(
            """
            { "providers": { "g": { "kind": "groq" }, "d": { "kind": "deepinfra" } },
              "models": { "oss": { "deployments": [{ "provider": "g", "name": "openai/gpt-oss-120b" }, { "provider": "d", "name": "openai/gpt-oss-120b" }] } } }
            """);

        Assert.Equal(["models.oss.price: is missing and must be written: it differs between groq, deepinfra, and a model has one price; write the dearer, or make two models of it"], errors);
    }

    [Fact]
    public async Task Load_AzureDeploymentOfAnyName_IsTheModelItIsWrittenUnder()
    {
        var router = await LoadedAsync(
            """{ "providers": { "az": { "kind": "azure-openai", "endpoint": "https://team.openai.azure.com", "credential": "entra" } }, "models": { "gpt-5-mini": { "deployments": [{ "provider": "az", "name": "prod-mini" }] } } }""");

        Assert.Equal(("az/prod-mini", 0.25m), (router.Models[0].Deployments[0].Id, router.Models[0].Price.InputPerMillion));
    }

    [Fact]
    public async Task Load_OpenAIKindAtAnotherAddress_IsNotOpenAI() => Assert.Contains(
        "models.gpt-5-mini.deployments: must be written",
        Assert.Single(await ErrorsAsync("""{ "providers": { "gw": { "kind": "openai", "endpoint": "https://gateway.example.com/v1", "credential": "env:OPENAI_API_KEY" } }, "models": { "gpt-5-mini": {} } }""")),
        StringComparison.Ordinal);

    [Fact]
    public async Task Load_UsualKeyThatIsNotSet_IsNamed() => Assert.Contains(
        "providers.groq.credential: the environment variable GROQ_API_KEY",
        Assert.Single(await ErrorsAsync("""{ "providers": { "groq": { "kind": "groq" } }, "models": { "llama-3.1-8b-instant": {} } }""", environment: static _ => null)),
        StringComparison.Ordinal);

    [Fact]
    public async Task Load_UsualKey_GoesToNoOtherHost() => Assert.Contains(
        "providers.x.credential: is missing",
        Assert.Single(await ErrorsAsync("""{ "providers": { "x": { "kind": "groq", "endpoint": "https://evil.example.com/v1" } }, "models": { "llama-3.1-8b-instant": {} } }""")),
        StringComparison.Ordinal);

    [Fact]
    public async Task Load_LocalServer_NeedsNoCredential()
    {
        var router = await LoadedAsync("""{ "providers": { "o": { "kind": "ollama" } }, "models": { "llama3.2": { "price": { "free": true }, "contextWindow": 8192, "deployments": [{ "provider": "o" }] } } }""");

        Assert.Equal(("http://127.0.0.1:11434/v1/", Credential.None.Instance), (router.Providers[0].Endpoint!.AbsoluteUri, router.Providers[0].Credential));
    }

    [Fact]
    public async Task Load_EntraForClaude_GoesToAzureAlone()
    {
        var foundry = await LoadedAsync(
            """{ "providers": { "f": { "kind": "anthropic", "endpoint": "https://team.services.ai.azure.com/anthropic/v1/", "credential": "entra" } }, "models": { "claude-haiku-4-5": {} } }""");
        var elsewhere = await ErrorsAsync("""{ "providers": { "f": { "kind": "anthropic", "credential": "entra" } }, "models": { "claude-haiku-4-5": {} } }""");

        Assert.IsType<Credential.Entra>(foundry.Providers[0].Credential);
        Assert.Contains("providers.f.credential: can be entra only at an endpoint on Azure, https://NAME.services.ai.azure.com/", Assert.Single(elsewhere), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "flex": {} }""", "models.m.price.tiers.flex.inputPerMillion: is missing and must be written")]
    [InlineData("""{ "default": { "inputPerMillion": 1, "outputPerMillion": 1 } }""", "models.m.price.tiers.default: ")]
    [InlineData("""{ "flex": { "inputPerMillion": -1, "outputPerMillion": 1 } }""", "models.m.price.tiers.flex.inputPerMillion: is -1")]
    public async Task Rejects_TierPrices(string tiers, string error) => Assert.Contains(
        await ErrorsAsync(
            $$"""{ "providers": { "p": { "kind": "openai" } }, "models": { "m": { "price": { "inputPerMillion": 1, "outputPerMillion": 2, "tiers": {{tiers}} }, "contextWindow": 9, "deployments": [{ "provider": "p" }] } } }"""),
        found => found.StartsWith(error, StringComparison.Ordinal));

    private static async Task<RouterModel> LoadedAsync(string text, ModelCatalogue? catalogue = null)
    {
        var result = await Loader(static name => $"the-value-of-{name}", catalogue).LoadAsync(Encoding.UTF8.GetBytes(text));
        Assert.Empty(result.Errors);
        return result.Model!;
    }

    private static async Task<IReadOnlyList<string>> ErrorsAsync(string text, Func<string, string?>? environment = null) =>
        [.. (await Loader(environment ?? (static name => $"the-value-of-{name}"), null).LoadAsync(Encoding.UTF8.GetBytes(text))).Errors.Select(static error => error.ToString())];

    private static RouterConfigLoader Loader(Func<string, string?> environment, ModelCatalogue? catalogue) =>
        new(ProviderKinds.All, [new EnvironmentSecretResolver(environment)], catalogue: catalogue);

    private static ModelCatalogue Text(string text) => ModelCatalogue.Parse(Encoding.UTF8.GetBytes(text));
}
