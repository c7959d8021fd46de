using System.Text;
using ServerlessRouter.Classification;
using ServerlessRouter.Classification.Features;
using ServerlessRouter.Configuration.Files;
using ServerlessRouter.Configuration.Loading;
using ServerlessRouter.Configuration.Secrets;
using ServerlessRouter.Domain;
using ServerlessRouter.Providers;
using ServerlessRouter.Training;
using ServerlessRouter.Training.Rows;
using Xunit;

namespace ServerlessRouter.Core.Tests.Configuration;

/// <summary>A team's own outcomes, trained and named in its configuration.</summary>
public sealed class QualityWeightsTests : IDisposable
{
    private const float RuleOfThumb = 0.4f;

    private readonly string _folder = Directory.CreateTempSubdirectory("router-weights-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Accepts_WeightsOfItsModels_AndPredictsFromThem()
    {
        Train("mini", "large");

        var result = await LoadAsync("outcomes.json");

        Assert.Empty(result.Errors);
        Assert.Empty(result.Warnings);
        var quality = new float[2];
        var expected = result.Model!.QualityPredictor!.Predict("What is 17 times 23? Show the sum."u8, RuleOfThumb, quality);
        Assert.InRange(expected.Confidence, 0, 1);
        Assert.True(quality[1] > quality[0], $"large {quality[1]} is not above mini {quality[0]}");
    }

    [Fact]
    public async Task Accepts_WeightsOfSomeOfItsModels_SaysWhichAndKnowsNothingOfTheOthers()
    {
        Train("mini", "huge");

        var result = await LoadAsync("outcomes.json");

        Assert.Empty(result.Errors);
        Assert.Equal(["quality.weights", "quality.weights"], result.Warnings.Select(static warning => warning.Path));
        Assert.Contains("huge", result.Warnings[0].Message, StringComparison.Ordinal);
        Assert.Contains("large", result.Warnings[1].Message, StringComparison.Ordinal);
        var quality = new float[2];
        result.Model!.QualityPredictor!.Predict("What is 17 times 23?"u8, RuleOfThumb, quality);
        Assert.False(float.IsNaN(quality[0]));
        Assert.True(float.IsNaN(quality[1]));
    }

    [Fact]
    public async Task Accepts_GradedModelsWithoutQualityUnderAFloor_WarnsOfNothing()
    {
        Train("mini", "large");

        var draft = new ConfigurationDraft().Remove("models.mini.quality").Remove("models.large.quality").Set("routes.auto.objective.minimumQuality", "0.9");
        var result = await LoadAsync(draft);

        Assert.Empty(result.Errors);
        Assert.Empty(result.Warnings);
    }

    [Fact]
    public async Task Predict_TwoModelsOnAGradedTask_SaysWhatTheGradesSay()
    {
        Train("mini", "large");
        var router = (await LoadAsync("outcomes.json")).Model!;

        var quality = new float[2];
        var expected = router.QualityPredictor!.Predict("What is 18 times 25? Show the sum."u8, RuleOfThumb, quality);

        Assert.InRange(expected.Confidence, 0.8f, 1);
        Assert.InRange(quality[0], 0, 0.3f);
        Assert.InRange(quality[1], 0.8f, 1);
    }

    [Fact]
    public async Task Predict_TextLikeNoneThatWasGraded_FallsBackToTheMeans()
    {
        Train("mini", "large");
        var router = (await LoadAsync("outcomes.json")).Model!;

        var quality = new float[2];
        router.QualityPredictor!.Predict("Quarterly logistics overview regarding Rotterdam harbour tariffs"u8, RuleOfThumb, quality);

        Assert.InRange(quality[0], 0.4f, 0.6f);
        Assert.InRange(quality[1], 0.9f, 1);
    }

    [Fact]
    public async Task Accepts_Weights_MovesTheTablesThatPreferencesOrderBy()
    {
        Train("mini", "large");
        var mini = (await LoadAsync("outcomes.json")).Model!.ModelsByName["mini"];

        Assert.InRange(mini.LearntQualityByTask[(int)TaskKind.Math], 0, 0.15f);
        Assert.InRange(mini.LearntQualityByTask[(int)TaskKind.FactualQa], 0.9f, 1);
        Assert.Equal(0.6f, mini.QualityByTask[(int)TaskKind.Math]);
    }

    [Theory]
    [InlineData("What is 18 times 25? Show the sum.")]
    [InlineData("Сколько будет 18 times 25?")]
    public async Task Predict_FeaturesOfTheClassifier_ChangeNothing(string prompt)
    {
        Train("mini", "large");
        var predictor = (await LoadAsync("outcomes.json")).Model!.QualityPredictor!;
        var text = Encoding.UTF8.GetBytes(prompt);
        float[] alone = new float[2], shared = new float[2];
        var expected = predictor.Predict(text, RuleOfThumb, alone);

        var features = new FeatureBuffer();
        TaskClassifier.Shared.Classify(text, features, new float[TaskKinds.Count]);

        Assert.Equal(expected, predictor.Predict(text, features, RuleOfThumb, shared));
        Assert.Equal(alone, shared);
    }

    [Fact]
    public async Task Rejects_WeightsOfOtherModels()
    {
        Train("small", "huge");

        await RejectAsync("knows none of the configured models (mini, large), only ");
    }

    [Fact]
    public async Task Rejects_MissingFile_NamesWhereItWasLookedFor() => await RejectAsync($"there is no file {Path.Combine(_folder, "outcomes.json")}");

    [Theory]
    [InlineData("nonsense", "is damaged")]
    [InlineData("[]", "is no weights file")]
    [InlineData("{}", "is no weights file")]
    [InlineData("""{"version":1,"kind":"labels"}""", "holds weights of the kind labels, but outcomes are needed")]
    [InlineData("""{"version":99,"kind":"outcomes"}""", "is not of version 1")]
    [InlineData("""{"version":1,"kind":"outcomes"}""", "train it again")]
    [InlineData("""{"version":1,"kind":"outcomes","trust":"x"}""", "is damaged")]
    public async Task Rejects_FileOfAnotherKind(string content, string message)
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "outcomes.json"), content);

        await RejectAsync(message);
    }

    [Fact]
    public async Task Rejects_WeightsWhereTheHostHasNoFolder()
    {
        var result = await ConfigurationDraft.Loader().LoadAsync(Text("outcomes.json"));

        Assert.Contains("reads its configuration from no folder", Assert.Single(result.Errors).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("weights/outcomes.json")]
    [InlineData("./weights/outcomes.json")]
    public async Task Accepts_WeightsOfTheWeightsFolder_InAStoredConfiguration(string path)
    {
        Train("mini", "large");
        Directory.CreateDirectory(Path.Combine(_folder, "weights"));
        File.Move(Path.Combine(_folder, "outcomes.json"), Path.Combine(_folder, "weights", "outcomes.json"));

        var result = await LoadStoredAsync(path);

        Assert.Empty(result.Errors);
        Assert.NotNull(result.Model!.QualityPredictor);
    }

    [Theory]
    [InlineData("outcomes.json")]
    [InlineData("weights/../outcomes.json")]
    [InlineData("../outcomes.json")]
    [InlineData("/etc/passwd")]
    [InlineData("weights")]
    public async Task Rejects_FileBesideTheWeightsFolder_InAStoredConfiguration_SaysWhereToPutIt(string path)
    {
        Train("mini", "large");

        var error = Assert.Single((await LoadStoredAsync(path)).Errors);

        Assert.Equal("quality.weights", error.Path);
        Assert.Contains($"reads files of {Path.Combine(_folder, "weights")} only", error.Message, StringComparison.Ordinal);
        Assert.Contains("\"weights/NAME\"", error.Message, StringComparison.Ordinal);
    }

    private async Task RejectAsync(string message)
    {
        var error = Assert.Single((await LoadAsync("outcomes.json")).Errors);
        Assert.Equal("quality.weights", error.Path);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    private Task<ConfigurationResult> LoadAsync(string path) => LoadAsync(new ConfigurationDraft(), path);

    private Task<ConfigurationResult> LoadAsync(ConfigurationDraft draft, string path = "outcomes.json") => LoadAsync(draft, path, new FolderFiles(_folder));

    private Task<ConfigurationResult> LoadStoredAsync(string path) => LoadAsync(new ConfigurationDraft(), path, new WeightsFolderFiles(_folder));

    private static async Task<ConfigurationResult> LoadAsync(ConfigurationDraft draft, string path, IConfigurationFiles files)
    {
        var secrets = new EnvironmentSecretResolver(static name => $"the-value-of-{name}");
        return await new RouterConfigLoader(ProviderKinds.All, [secrets], files).LoadAsync(draft.Set("quality", $$"""{"weights":"{{path}}"}""").ToText());
    }

    private static byte[] Text(string path) => new ConfigurationDraft().Set("quality", $$"""{"weights":"{{path}}"}""").ToText();

    private void Train(string weak, string strong)
    {
        var rows = Enumerable.Range(0, 300).Select(number => number % 2 == 0
            ? $$$"""{"id":"{{{number}}}","prompt":"What is {{{number}}} times {{{number + 7}}}? Show the sum.","quality":{"{{{weak}}}":0,"{{{strong}}}":1},"task":"math"}"""
            : $$$"""{"id":"{{{number}}}","prompt":"Name the capital of country {{{number}}} please.","quality":{"{{{weak}}}":1,"{{{strong}}}":1},"task":"factual_qa"}""");
        var input = Path.Combine(_folder, "rows.jsonl");
        File.WriteAllText(input, string.Join('\n', rows), new UTF8Encoding(false));
        using var error = new StringWriter();
        var options = new TrainOptions { Kind = TrainingKind.Outcomes, InputPath = input, OutputPath = Path.Combine(_folder, "outcomes.json") };
        Assert.True(TrainCommand.Run(options, TextWriter.Null, error) == 0, error.ToString());
    }
}
