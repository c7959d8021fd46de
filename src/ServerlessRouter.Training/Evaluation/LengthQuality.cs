using ServerlessRouter.Training.Rows;

namespace ServerlessRouter.Training.Evaluation;

/// <summary>The mean quality of each model among the training prompts of like length.</summary>
internal static class LengthQuality
{
    private const int Bins = 10;

    public static IEnumerable<float[]> Of(OutcomeFold fold, IReadOnlyList<string> models)
    {
        var bins = new LengthBins(fold.Training.Select(row => row.Prompt.Length), Bins);
        var means = Enumerable.Range(0, Bins)
            .Select(bin => fold.Training.Where(row => bins.Of(row.Prompt.Length) == bin).ToList())
            .Select(rows => models.Select(model => MeanOf(rows, model)).ToArray())
            .ToArray();
        return fold.Test.Select(row => means[bins.Of(row.Prompt.Length)]);
    }

    private static float MeanOf(List<OutcomeExample> rows, string model) =>
        rows.Where(row => row.Quality.ContainsKey(model)).Select(row => row.Quality[model]).DefaultIfEmpty(0).Average();
}
