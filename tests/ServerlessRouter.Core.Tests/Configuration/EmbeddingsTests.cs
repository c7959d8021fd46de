using ServerlessRouter.Classification.Models;
using ServerlessRouter.Configuration;
using ServerlessRouter.Configuration.Files;
using ServerlessRouter.Configuration.Loading;
using ServerlessRouter.Configuration.Secrets;
using ServerlessRouter.Domain;
using ServerlessRouter.Providers;
using Xunit;

namespace ServerlessRouter.Core.Tests.Configuration;

public sealed class EmbeddingsTests : IDisposable
{
    private const string Embedder = """
        { "price": { "inputPerMillion": 0.02, "outputPerMillion": 0 }, "contextWindow": 8192, "capabilities": ["embeddings"], "deployments": [{ "provider": "azure", "name": "text-embedding-3-small" }] }
        """;

    private const string Classifier = """{"model":"small"}""";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("router-embeddings-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Accepts_WithDefaultsFilledIn()
    {
        Write(Head());

        var result = await LoadAsync("""{"model":"small","weights":"w.json"}""");

        Assert.Empty(result.Errors);
        Assert.Empty(result.Warnings);
        var settings = result.Model!.Embeddings!;
        Assert.Equal(new EmbeddingsModel(result.Model.ModelsByName["small"], null, 0.5, TimeSpan.FromSeconds(1), 1000) { Head = settings.Head }, settings);
        Assert.Equal(4, settings.Head!.Dimensions);
    }

    [Fact]
    public async Task Accepts_EmbeddingModel_AsATargetOfItsOwnKind()
    {
        var router = await Draft("""{"model":"small"}""").AcceptAsync();

        Assert.True(router.Targets["small"].MakesEmbeddings);
        Assert.False(router.Targets["mini"].MakesEmbeddings);
    }

    [Theory]
    [InlineData("""{}""", "classification.embeddings.model", "is missing")]
    [InlineData("""{"model":"smal"}""", "classification.embeddings.model", "did you mean \"small\"?")]
    [InlineData("""{"model":"mini"}""", "classification.embeddings.model", "lacks the capability embeddings")]
    [InlineData("""{"model":"small","dimensions":0}""", "classification.embeddings.dimensions", "0")]
    [InlineData("""{"model":"small","cacheEntries":20000}""", "classification.embeddings.cacheEntries", "20000")]
    [InlineData("""{"model":"small","weights":"w.json"}""", "classification.embeddings.weights", "reads its configuration from no folder")]
    public async Task Rejects(string json, string path, string message) => await Draft(json).RejectAsync(path, message);

    [Theory]
    [InlineData("routes.auto.candidates", """["mini","small"]""", "routes.auto.candidates[1]")]
    [InlineData("routes.auto.fallbacks", """["small"]""", "routes.auto.fallbacks[0]")]
    [InlineData("routes.auto.secondOpinion", """{"model":"small"}""", "routes.auto.secondOpinion.model")]
    public async Task Rejects_EmbeddingModelWhereAnAnswerIsWanted(string member, string json, string path) =>
        await Draft("""{"model":"small"}""").Set(member, json).RejectAsync(path, "\"small\" makes embeddings and answers no chat");

    [Fact]
    public async Task Accepts_RouteOfOneEmbeddingModel()
    {
        var router = await Draft(Classifier).Set("routes.search", """{"candidates":["small"],"limits":{"attempts":3}}""").AcceptAsync();

        Assert.True(router.Targets["search"].MakesEmbeddings);
    }

    [Theory]
    [InlineData("""{"candidates":["small","other"]}""", "routes.search.candidates[1]", "is \"other\", but a route for embeddings has one model")]
    [InlineData("""{"candidates":["small"],"fallbacks":["mini"]}""", "routes.search.fallbacks", "must be left out")]
    [InlineData("""{"candidates":["small"],"rules":[{"when":{"task":"code"},"use":["mini"]}]}""", "routes.search.rules", "must be left out")]
    [InlineData("""{"candidates":["idle"]}""", "routes.search.candidates[0]", "it has no deployment")]
    public async Task Rejects_RouteWhoseVectorsCouldNotBeCompared(string route, string path, string message) => await Draft(Classifier)
        .Set("models.other", Embedder).Set("models.idle", Embedder).Set("models.idle.deployments", "[]").Set("routes.search", route).RejectAsync(path, message);

    [Fact]
    public async Task Accepts_EmbeddingModelWithoutAPriceOfAnswers() =>
        await Draft(Classifier).Set("models.small.price", """{"inputPerMillion":0.02}""").AcceptAsync();

    [Fact]
    public async Task Rejects_ProviderThatMakesNone() => await Draft(Classifier)
        .Set("providers.claude", """{"kind":"anthropic","endpoint":"http://127.0.0.1:9/v1/"}""").Set("models.small.deployments.0.provider", "\"claude\"")
        .RejectAsync("models.small.deployments[0].provider", "is \"claude\" of the kind anthropic, which makes no embeddings; those that do: openai, azure-openai, simulated");

    [Fact]
    public async Task Warns_WithoutWeights() =>
        await Draft("""{"model":"small"}""").WarnAsync("classification.embeddings", "no model is ever asked");

    [Fact]
    public async Task Rejects_DimensionsTheWeightsDoNotHave()
    {
        Write(Head());

        var error = Assert.Single((await LoadAsync("""{"model":"small","weights":"w.json","dimensions":8}""")).Errors);

        Assert.Equal("classification.embeddings.dimensions", error.Path);
        Assert.Contains("trained on vectors of 4 numbers", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Warns_WeightsOfAnotherModel()
    {
        Write(Head("large-embedder"));

        var warning = Assert.Single((await LoadAsync("""{"model":"small","weights":"w.json"}""")).Warnings);

        Assert.Contains("were trained on vectors of \"large-embedder\"", warning.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nonsense", "is damaged")]
    [InlineData("[]", "is no weights file")]
    [InlineData("""{"version":1,"kind":"labels"}""", "holds weights of the kind labels, but embeddings are needed; make it with train --embeddings")]
    [InlineData("""{"version":9,"kind":"embeddings"}""", "is not of version 1")]
    [InlineData("""{"version":1,"kind":"embeddings"}""", "is damaged")]
    [InlineData("""{"version":1,"kind":"embeddings","model":"small","dimensions":2,"tasks":["code","code"],"temperature":1,"share":1,"rows":"","bias":""}""", "names no task, or one twice")]
    [InlineData("""{"version":1,"kind":"embeddings","model":"small","dimensions":2,"tasks":["code","tea"],"temperature":1,"share":1,"rows":"","bias":""}""", "'tea' is no task")]
    [InlineData("""{"version":1,"kind":"embeddings","model":"small","dimensions":2,"tasks":["code","chat"],"temperature":1,"share":1,"rows":"","bias":""}""", "do not fit together")]
    public async Task Rejects_FileThatIsNone(string content, string message)
    {
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "w.json"), content);

        var error = Assert.Single((await LoadAsync("""{"model":"small","weights":"w.json"}""")).Errors);

        Assert.Equal("classification.embeddings.weights", error.Path);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    private static ConfigurationDraft Draft(string json) => new ConfigurationDraft().Set("models.small", Embedder).Set("classification", $$"""{"embeddings":{{json}}}""");

    private async Task<ConfigurationResult> LoadAsync(string json)
    {
        var secrets = new EnvironmentSecretResolver(static name => $"the-value-of-{name}");
        return await new RouterConfigLoader(ProviderKinds.All, [secrets], new FolderFiles(_folder.FullName)).LoadAsync(Draft(json).ToText());
    }

    private void Write(EmbeddingHead head)
    {
        using var file = File.Create(Path.Combine(_folder.FullName, "w.json"));
        EmbeddingHeadJson.Write(file, head);
    }

    private static EmbeddingHead Head(string model = "small") => new()
    {
        Model = model,
        Dimensions = 4,
        Tasks = [TaskKind.Code, TaskKind.Chat],
        Rows = new float[16],
        Bias = new float[4],
        Temperature = 1,
        Share = 1,
    };
}
