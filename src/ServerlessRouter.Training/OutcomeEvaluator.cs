using ServerlessRouter.Classification;
using ServerlessRouter.Classification.Features;
using ServerlessRouter.Classification.Models;
using ServerlessRouter.Domain;
using ServerlessRouter.Training.Evaluation;
using ServerlessRouter.Training.Learning;
using ServerlessRouter.Training.Rows;

namespace ServerlessRouter.Training;

/// <summary>Figures of outcome models.</summary>
internal static class OutcomeEvaluator
{
    /// <summary>Weights that exist, on rows they were not trained on; the baselines learn from the same rows, which flatters them.</summary>
    public static IReadOnlyList<EvaluationFigure> OfWeights(IReadOnlyList<OutcomeExample> rows, OutcomeModel model) =>
        Measure("these weights", [FoldOf(rows, rows, model)], model.Weights.Models);

    /// <summary>Rows left out by lot, and whole tasks.</summary>
    public static IReadOnlyList<EvaluationFigure> OfTraining(IReadOnlyList<OutcomeExample> rows, EvaluateOptions options, TextWriter progress)
    {
        var figures = Left("rows left out", rows, Folds.ByLot(rows.Count, options.Folds, (ulong)options.Seed), options.Folds, progress);
        var tasks = rows.Select(row => row.Task ?? "").ToList();
        return tasks.Distinct().Count() < options.Folds
            ? figures
            : [.. figures, .. Left("tasks left out", rows, Folds.ByGroup(tasks, options.Folds, (ulong)options.Seed), options.Folds, progress)];
    }

    private static IReadOnlyList<EvaluationFigure> Left(string set, IReadOnlyList<OutcomeExample> rows, int[] foldOf, int folds, TextWriter progress)
    {
        var judged = new List<OutcomeFold>();
        string[] models = [.. rows.SelectMany(row => row.Quality.Keys).Distinct().Order(StringComparer.Ordinal)];
        for (var fold = 0; fold < folds; fold++)
        {
            progress.WriteLine($"{set}: part {fold + 1} of {folds}");
            var training = rows.Where((_, row) => foldOf[row] != fold).ToList();
            var test = rows.Where((_, row) => foldOf[row] == fold).ToList();
            if (training.Count == 0 || test.Count == 0)
                continue;
            var model = OutcomeTrainer.Train(training, TextWriter.Null).Model;
            // A model whose every grade was left out cannot be foreseen.
            if (model.Models.SequenceEqual(models))
                judged.Add(FoldOf(training, test, model));
        }

        return judged.Count == 0 ? [] : Measure(set, judged, models);
    }

    /// <summary>What choosing by the foreseen qualities comes to, then the difficulty.</summary>
    private static IReadOnlyList<EvaluationFigure> Measure(string set, IReadOnlyList<OutcomeFold> folds, IReadOnlyList<string> models)
    {
        var choice = OutcomeMeasure.Of(set, folds, models);
        return choice.Count == 0 ? [] : [.. choice, .. DifficultyMeasure.Of(set, folds, models)];
    }

    private static OutcomeFold FoldOf(IReadOnlyList<OutcomeExample> training, IReadOnlyList<OutcomeExample> test, OutcomeModel model)
    {
        var features = new FeatureBuffer();
        var probabilities = new float[TaskKinds.Count];
        var answers = new List<float[]>(test.Count);
        var difficulty = new List<DifficultyAnswer>(test.Count);
        foreach (var row in test)
        {
            var quality = new float[model.Models.Length];
            var ruleOfThumb = TaskClassifier.Shared.Classify(row.Prompt, features, probabilities).Difficulty;
            FeatureExtractor.Extract(row.Prompt, model.Heads.Groups, features);
            difficulty.Add(new DifficultyAnswer(model.Expect(features, ruleOfThumb, quality).Difficulty, ruleOfThumb));
            model.Predict(features, quality);
            answers.Add(quality);
        }

        return new OutcomeFold(training, test, answers, difficulty);
    }
}
