namespace ServerlessRouter.Training.Learning;

/// <summary>Mean quality of models: over all rows, and by task shrunken towards that.</summary>
internal static class OutcomeTables
{
    /// <summary>What is assumed of a model without a single grade.</summary>
    private const float Unknown = 0.5f;

    public static float[] Means(OutcomeRows rows, int[] of)
    {
        var means = new float[rows.Models.Length];
        Array.Fill(means, Unknown);
        return Shrunken(rows, of, means, 1);
    }

    public static float[] ByTask(OutcomeRows rows, int[] of, float[] means, float shrinkage) =>
        Enumerable.Range(0, rows.Tasks.Length)
            .SelectMany(task => Shrunken(rows, Array.FindAll(of, row => rows.TaskOf[row] == task), means, shrinkage))
            .ToArray();

    private static float[] Shrunken(OutcomeRows rows, int[] of, float[] towards, float shrinkage)
    {
        var means = new float[towards.Length];
        for (var model = 0; model < means.Length; model++)
        {
            double sum = shrinkage * towards[model], count = shrinkage;
            foreach (var row in of)
            {
                var quality = rows.QualityOf(row)[model];
                if (float.IsNaN(quality))
                    continue;
                sum += quality;
                count++;
            }

            means[model] = (float)(sum / count);
        }

        return means;
    }
}
