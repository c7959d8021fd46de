using ServerlessRouter.Classification.Models;
using ServerlessRouter.Training.Rows;

namespace ServerlessRouter.Training.Evaluation;

/// <summary>Accuracy and macro-F1 of a label model; accuracy in scope and recall out of scope where rows are out of scope.</summary>
internal static class LabelMeasure
{
    private const int Bins = 20;

    public static IReadOnlyList<EvaluationFigure> Of(string set, IReadOnlyList<LabelFold> folds)
    {
        var labels = folds.SelectMany(fold => fold.Training.Concat(fold.Test).Select(row => row.Label).Concat(fold.Answers))
            .Distinct().Order(StringComparer.Ordinal).ToArray();
        int NumberOf(string label) => Array.BinarySearch(labels, label, StringComparer.Ordinal);

        var truth = folds.SelectMany(fold => fold.Test.Select(row => NumberOf(row.Label))).ToArray();
        var answers = folds.SelectMany(fold => fold.Answers.Select(NumberOf)).ToArray();
        var byLength = folds.SelectMany(fold => ByLength(fold, labels.Length, NumberOf)).ToArray();
        var (metrics, figures) = folds.Any(fold => fold.Test.Any(row => row.Label == LabelModel.OutOfScope))
            ? (new[] { "in-scope accuracy", "out-of-scope recall" }, (Func<LabelTally, double[]>)(tally => [100 * tally.InScopeAccuracy, 100 * tally.OutOfScopeRecall]))
            : (["accuracy", "macro-F1"], tally => [100 * tally.Accuracy, 100 * tally.MacroF1]);

        var once = Bootstrap.Once(truth.Length);
        var result = figures(Tally(labels, truth, answers, once));
        var random = figures(ByLot(folds, labels, NumberOf));
        var length = figures(Tally(labels, truth, byLength, once));
        var oracle = figures(Tally(labels, truth, truth, once));
        var deviation = Bootstrap.Deviations(truth.Length, times => figures(Tally(labels, truth, answers, times)));
        return new MeasuredFigures(result, random, length, oracle, deviation).Of(set, metrics, FigureUnit.Percent);
    }

    private static LabelTally Tally(string[] labels, int[] truth, int[] answers, int[] times)
    {
        var tally = new LabelTally(labels);
        for (var row = 0; row < truth.Length; row++)
            tally.Add(truth[row], answers[row], times[row]);
        return tally;
    }

    /// <summary>What drawing labels as often as the training rows have them comes to on average.</summary>
    private static LabelTally ByLot(IReadOnlyList<LabelFold> folds, string[] labels, Func<string, int> numberOf)
    {
        var tally = new LabelTally(labels);
        foreach (var fold in folds)
        {
            var drawn = fold.Training.CountBy(row => row.Label).ToDictionary(label => label.Key, label => label.Value / (double)fold.Training.Count);
            var isTrue = fold.Test.CountBy(row => row.Label).ToDictionary();
            foreach (var label in drawn.Keys.Union(isTrue.Keys))
            {
                double chance = drawn.GetValueOrDefault(label), occurs = isTrue.GetValueOrDefault(label);
                tally.AddExpected(numberOf(label), occurs, chance * fold.Test.Count, chance * occurs);
            }
        }

        return tally;
    }

    /// <summary>The most frequent label of the training texts of like length.</summary>
    private static IEnumerable<int> ByLength(LabelFold fold, int labels, Func<string, int> numberOf)
    {
        var bins = new LengthBins(fold.Training.Select(row => row.Text.Length), Bins);
        var counts = new int[Bins, labels];
        foreach (var row in fold.Training)
            counts[bins.Of(row.Text.Length), numberOf(row.Label)]++;
        var likeliest = Enumerable.Range(0, Bins).Select(bin => Enumerable.Range(0, labels).MaxBy(label => counts[bin, label])).ToArray();
        return fold.Test.Select(row => likeliest[bins.Of(row.Text.Length)]);
    }
}
