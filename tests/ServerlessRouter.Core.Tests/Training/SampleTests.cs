using System.Text;
using System.Text.Json;
using ServerlessRouter.Classification;
using ServerlessRouter.Training;
using ServerlessRouter.Training.Rows;
using Xunit;

namespace ServerlessRouter.Core.Tests.Training;

/// <summary>
/// The wiring of classification from weights to figures, on a small sample written for it: good enough to notice broken features, weights or measures, too small to compare
/// classifiers. docs/quality.md has the figures that count.
/// </summary>
public sealed class SampleTests : IDisposable
{
    private const double ShippedAccuracy = 75;
    private const double LearntAccuracy = 50;

    private static readonly string Sample = Path.Combine(RepositoryFolder.Path, "tests", "ServerlessRouter.Core.Tests", "Classification", "sample-tasks.jsonl");

    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void ShippedWeights_OnTheSample_AreRightFarAboveLuckAndLength()
    {
        var accuracy = Figure(Evaluate(Sample, Shipped()), "accuracy");

        Assert.True(accuracy.Result >= ShippedAccuracy, $"{accuracy.Result:0.0} %");
        Assert.True(accuracy.Result > Math.Max(accuracy.Random, accuracy.Length) + 4 * accuracy.Deviation);
        Assert.Equal(100, accuracy.Oracle);
    }

    [Fact]
    public void Training_OnTheSample_LearnsMoreThanLuckAndLengthKnow()
    {
        var accuracy = Figure(Evaluate(Sample, weights: null), "accuracy");

        Assert.True(accuracy.Result >= LearntAccuracy, $"{accuracy.Result:0.0} %");
        Assert.True(accuracy.Result > Math.Max(accuracy.Random, accuracy.Length) + 4 * accuracy.Deviation);
    }

    /// <summary>The thresholds can fail: weights whose labels stand in the wrong order miss them by far.</summary>
    [Fact]
    public void WeightsWithLabelsMixedUp_MissTheThresholds()
    {
        var labels = JsonDocument.Parse(File.ReadAllBytes(Shipped())).RootElement.GetProperty("labels").GetRawText();
        var turned = string.Join(',', labels.Trim('[', ']').Split(',').Reverse());
        var path = Path.Combine(_folder, "broken.json");
        File.WriteAllText(path, File.ReadAllText(Shipped()).Replace(labels, $"[{turned}]", StringComparison.Ordinal));

        var accuracy = Figure(Evaluate(Sample, path), "accuracy");

        Assert.True(accuracy.Result < LearntAccuracy / 2, $"{accuracy.Result:0.0} %");
    }

    /// <summary>No grades stand in the sample; that sums, puzzles and programs are harder than small talk and labels is all that can be asked of it.</summary>
    [Fact]
    public void ShippedDifficulty_OnTheSample_PutsHardTasksAboveEasyOnes()
    {
        var rows = File.ReadLines(Sample).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        float[] Of(params string[] labels) => [.. rows
            .Where(row => labels.Contains(row.GetProperty("label").GetString()))
            .Select(row => TaskClassifier.Shared.Explain(Encoding.UTF8.GetBytes(row.GetProperty("text").GetString()!)).Classification.Difficulty)];
        float[] hard = Of("math", "reasoning", "code"), easy = Of("chat", "classification", "translation");

        var ranked = hard.Average(one => easy.Average(other => one > other ? 1.0 : 0));

        Assert.True(ranked >= 0.85, $"{ranked:0.00}");
    }

    [Fact]
    public void Sample_HasEveryTaskEquallyOften()
    {
        var counts = File.ReadLines(Sample).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("label").GetString()!).CountBy(label => label).ToList();

        Assert.Equal(10, counts.Count);
        Assert.Single(counts.Select(count => count.Value).Distinct());
    }

    private static string Shipped() =>
        Path.Combine(RepositoryFolder.Path, "src", "ServerlessRouter.Core", "Classification", "Weights", "task-kinds.json");

    private static (double Result, double Random, double Length, double Oracle, double Deviation) Figure(JsonElement figures, string metric)
    {
        var figure = figures.EnumerateArray().First(candidate => candidate.GetProperty("metric").GetString() == metric);
        double Of(string name) => figure.GetProperty(name).GetDouble();
        return (Of("result"), Of("random"), Of("length"), Of("oracle"), Of("deviation"));
    }

    private static JsonElement Evaluate(string rows, string? weights)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var options = new EvaluateOptions { Kind = TrainingKind.Labels, InputPath = rows, WeightsPath = weights, Folds = 5, Format = EvaluationFormat.Json };
        Assert.True(EvaluateCommand.Run(options, output, error) == 0, error.ToString());
        return JsonDocument.Parse(output.ToString()).RootElement.GetProperty("figures");
    }
}
