using ServerlessRouter.Classification.Models;

namespace ServerlessRouter.Training.Learning;

/// <summary>Says from graded rows how far their means may be believed: by how many grades there are and how far they are spread.</summary>
/// <remarks>
/// Two independent statements are combined by their precision. The mean of n grades with variance v errs by v / n in the square, an estimate by <see cref="EstimateError"/>;
/// the share of the mean is the estimate's part of both.
/// </remarks>
internal static class EvidenceFitter
{
    /// <summary>Square of how far the quality a person writes down for a model is usually off: a tenth.</summary>
    private const double EstimateError = 0.01;

    /// <summary>Variance assumed of one grade before any is seen: that of a coin.</summary>
    private const double VarianceOfLuck = 0.25;

    public static GradedEvidence Fit(OutcomeRows rows, int[] of) => new GradedEvidence(
        Enumerable.Range(0, rows.Tasks.Length).Select(task => Share(rows, Array.FindAll(of, row => rows.TaskOf[row] == task))).ToArray(),
        Share(rows, of));

    /// <summary>The mean over the models: one that was graded less would otherwise be moved less than its rivals.</summary>
    private static float Share(OutcomeRows rows, int[] of)
    {
        double shares = 0;
        for (var model = 0; model < rows.Models.Length; model++)
        {
            double count = 0, sum = 0, squares = 0;
            foreach (var row in of)
            {
                var quality = rows.QualityOf(row)[model];
                if (float.IsNaN(quality))
                    continue;
                count++;
                sum += quality;
                squares += quality * quality;
            }

            if (count == 0)
                continue;
            var variance = (VarianceOfLuck + squares - (sum * sum / count)) / (count + 1);
            shares += EstimateError / (EstimateError + (variance / count));
        }

        return (float)(shares / rows.Models.Length);
    }
}
