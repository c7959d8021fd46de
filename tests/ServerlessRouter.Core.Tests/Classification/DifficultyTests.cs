using System.Text;
using ServerlessRouter.Classification;
using ServerlessRouter.Classification.Features;
using ServerlessRouter.Classification.Models;
using ServerlessRouter.Domain;
using ServerlessRouter.Training.Learning;
using ServerlessRouter.Training.Rows;
using Xunit;

namespace ServerlessRouter.Core.Tests.Classification;

/// <summary>How hard a text is: as graded outcomes tell where it is like what was graded, else by the rule of thumb.</summary>
public sealed class DifficultyTests
{
    /// <summary>Sums fail half of the pool, capitals none, proofs all.</summary>
    private static readonly OutcomeModel Model = Train();

    [Theory]
    [InlineData("What is 17 times 23? Show the sum.")]
    [InlineData("Prove that the square root of 2 is irrational, step by step.")]
    [InlineData("hello there")]
    [InlineData("")]
    public void Explain_RuleOfThumb_AddsUpToTheDifficulty(string text)
    {
        var explained = TaskClassifier.Shared.Explain(Encoding.UTF8.GetBytes(text));

        Assert.Equal(explained.Classification.Difficulty, Math.Clamp(explained.Difficulty.Sum(part => part.Contribution), 0, 1), 0.0001);
        Assert.All(explained.Difficulty, part => Assert.NotEqual(0, part.Contribution));
    }

    [Fact]
    public void Expect_TextsLikeThoseGraded_AreAsHardAsTheGradesSay()
    {
        float capital = Of("Name the capital of country 77 please."), sum = Of("What is 41 times 48? Show the sum."), proof = Of("Prove lemma 61 about the ring of integers.");

        Assert.InRange(capital, 0, 0.2f);
        Assert.InRange(sum, 0.35f, 0.65f);
        Assert.InRange(proof, 0.8f, 1);
    }

    [Fact]
    public void Expect_TextLikeNoneGraded_IsAsMuchHarderThanTheMeanAsTheRuleFindsIt()
    {
        const string unlike = "Quarterly logistics overview regarding Rotterdam harbour tariffs";
        var rule = TaskClassifier.Shared.Explain(Encoding.UTF8.GetBytes(unlike)).Classification.Difficulty;

        var expected = Math.Clamp(Model.MeanFailure + rule - Model.Weights.Difficulty.RuleMean, 0, 1);

        Assert.Equal(expected, Of(unlike), 0.1);
        Assert.True(Of(unlike, rule + 0.1f) > Of(unlike, rule) + 0.05f, "the rule of thumb does not count");
    }

    [Theory]
    [InlineData("What is 41 times 48? Show the sum.")]
    [InlineData("Quarterly logistics overview regarding Rotterdam harbour tariffs")]
    [InlineData("日本語の文章を英語に翻訳してください。")]
    [InlineData("")]
    public void Explain_Learnt_AddsUpToTheDifficulty(string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        var explained = TaskClassifier.Shared.Explain(utf8);

        var parts = DifficultyExplanation.Of(Model, utf8, explained.Difficulty);

        Assert.Equal(Of(text), Math.Clamp(parts.Sum(part => part.Contribution), 0, 1), 0.001);
        Assert.Contains(parts, part => part.Feature == "mean of what was graded");
        Assert.Equal(parts.Count, parts.Select(part => part.Feature).Distinct().Count());
        Assert.All(parts, part => Assert.True(float.IsFinite(part.Contribution) && float.IsFinite(part.Value)));
    }

    [Theory]
    [MemberData(nameof(HostileTexts.Names), MemberType = typeof(HostileTexts))]
    public void Explain_HostileText_AddsUpToFiniteNumbers(string name)
    {
        var text = HostileTexts.Called(name);
        var explained = TaskClassifier.Shared.Explain(text);
        var features = new FeatureBuffer();
        FeatureExtractor.Extract(text, Model.Heads.Groups, features);
        var difficulty = Model.Expect(features, explained.Classification.Difficulty, new float[Model.Models.Length]).Difficulty;

        var parts = DifficultyExplanation.Of(Model, text, explained.Difficulty);

        Assert.InRange(difficulty, 0, 1);
        Assert.All(parts, part => Assert.True(float.IsFinite(part.Contribution) && float.IsFinite(part.Value), part.Feature));
        Assert.Equal(difficulty, Math.Clamp(parts.Sum(part => part.Contribution), 0, 1), 0.001);
    }

    [Theory]
    [InlineData("Prove lemma 61 about the ring of integers.", "\"lemma\"", 1)]
    [InlineData("Name the capital of country 77 please.", "\"capital\"", -1)]
    public void Explain_Learnt_NamesTheWordsThatMakeItHardOrEasy(string text, string word, int sign)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);

        var parts = DifficultyExplanation.Of(Model, utf8, TaskClassifier.Shared.Explain(utf8).Difficulty);

        Assert.Equal(sign, Math.Sign(Assert.Single(parts, part => part.Feature == word).Contribution));
        var words = parts.Where(part => part.Feature[0] == '"').Sum(part => part.Contribution) * sign;
        var rest = parts.Single(part => part.Feature == "other words and shape").Contribution * sign;
        Assert.True(words > 0.1f && words > rest, $"words {words}, the rest {rest}");
    }

    [Fact]
    public void WriteAndRead_Model_SaysTheSame()
    {
        using var file = new MemoryStream();
        OutcomeModelJson.Write(file, Model);
        using var json = System.Text.Json.JsonDocument.Parse(file.ToArray());

        var again = OutcomeModelJson.Read(json.RootElement);

        Assert.Equal(Model.Weights.Difficulty, again.Weights.Difficulty);
        Assert.Equal(Of("Prove lemma 61 about the ring of integers."), Of("Prove lemma 61 about the ring of integers.", model: again));
    }

    [Fact]
    public void Fit_LearntMisleadsOnTasksLeftOut_LeavesTheRuleOfThumb()
    {
        var seen = Enumerable.Range(0, 40).Select(row => Row(truth: row % 2, foreseen: row % 2)).ToList();
        var unseen = Enumerable.Range(0, 40).Select(row => Row(truth: row % 2, foreseen: 1 - (row % 2))).ToList();

        var weights = DifficultyFitter.Fit(seen, unseen, ruleMean: 0.5f);

        Assert.InRange(weights.Trust.At(unseen[0].Foreseen.Familiarity), 0, 0.02f);
    }

    [Fact]
    public void Fit_LearntHelpsOnTasksLeftOut_IsTrusted()
    {
        var rows = Enumerable.Range(0, 40).Select(row => Row(truth: row % 2, foreseen: row % 2)).ToList();

        Assert.InRange(DifficultyFitter.Fit(rows, rows, ruleMean: 0.5f).Trust.At(rows[0].Foreseen.Familiarity), 0.9f, 1);
    }

    [Fact]
    public void HeldOut_ModelWithoutAGradeOnTheRow_FailsAsInTheMean()
    {
        var row = new HeldOutOutcome(0, [1, 1], [1, 1], [1, 1], [0.4f, 0.8f], [float.NaN, 1], new Familiarity(1, 1, 1));

        Assert.Equal(0.4f - 0.2f, HeldOutDifficulty.Of(row, 0.5f, 0.5f).Truth, 0.0001);
    }

    private static HeldOutDifficulty Row(int truth, int foreseen) => new(truth, new ForeseenFailure(foreseen, foreseen, new Familiarity(0.5f, 0.5f, 1)), 0.5f, 0.5f, 0.5f);

    private static float Of(string text, float? ruleOfThumb = null, OutcomeModel? model = null)
    {
        model ??= Model;
        var (utf8, features) = (Encoding.UTF8.GetBytes(text), new FeatureBuffer());
        var rule = ruleOfThumb ?? TaskClassifier.Shared.Classify(utf8, new float[TaskKinds.Count]).Difficulty;
        FeatureExtractor.Extract(utf8, model.Heads.Groups, features);
        return model.Expect(features, rule, new float[model.Models.Length]).Difficulty;
    }

    private static OutcomeModel Train()
    {
        var rows = Enumerable.Range(0, 300).Select(number => (number % 3) switch
        {
            0 => Example($"What is {number} times {number + 7}? Show the sum.", "math", 0, 1),
            1 => Example($"Name the capital of country {number} please.", "factual_qa", 1, 1),
            _ => Example($"Prove lemma {number} about the ring of integers.", "reasoning", 0, 0),
        });
        return OutcomeTrainer.Train(rows.ToList(), TextWriter.Null).Model;
    }

    private static OutcomeExample Example(string prompt, string task, float mini, float large) =>
        new(Encoding.UTF8.GetBytes(prompt), task, new Dictionary<string, float> { ["mini"] = mini, ["large"] = large });
}
