namespace ServerlessRouter.Classification.Learning;

/// <summary>What parts that had not seen a row said of it, and what really happened.</summary>
internal sealed record HeldOutOutcome(float[] Heads, float[] Table, float[] Means, float[] Quality, float Coverage, float TaskConfidence)
{
    /// <summary>How a model's prediction leaves its mean: the difference between models is what routing acts on.</summary>
    public float[] Departure(float share)
    {
        var departure = new float[Heads.Length];
        for (var model = 0; model < departure.Length; model++)
            departure[model] = share * Heads[model] + (1 - share) * Table[model] - Means[model];
        return departure;
    }

    public double ErrorOf(float share) => SquaredError(Departure(share), 1);

    public double ErrorOfMeans() => SquaredError(Departure(0), 0);

    /// <summary>Error of the means plus `trust` times the departure, each row's common error left out because it changes no choice.</summary>
    public double SquaredError(float[] departure, double trust)
    {
        double sum = 0, squares = 0;
        var graded = 0;
        for (var model = 0; model < departure.Length; model++)
        {
            if (float.IsNaN(Quality[model]))
                continue;
            var error = Quality[model] - Means[model] - trust * departure[model];
            sum += error;
            squares += error * error;
            graded++;
        }

        return graded < 2 ? 0 : squares - sum * sum / graded;
    }
}
