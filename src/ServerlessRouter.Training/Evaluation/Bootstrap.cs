using ServerlessRouter.Training.Rows;

namespace ServerlessRouter.Training.Evaluation;

/// <summary>How much a figure owes to which rows happened to be there: it is taken again on rows drawn with replacement.</summary>
internal static class Bootstrap
{
    private const int Rounds = 100;
    private const ulong Seed = 1;

    /// <summary>The deviations of several figures, each a function of how often every row counts.</summary>
    public static double[] Deviations(int rows, Func<int[], double[]> figures)
    {
        var luck = new SeededRandom(Seed);
        var samples = new List<double[]>(Rounds);
        for (var round = 0; round < Rounds; round++)
        {
            var times = new int[rows];
            for (var draw = 0; draw < rows; draw++)
                times[luck.Below(rows)]++;
            samples.Add(figures(times));
        }

        return Enumerable.Range(0, samples[0].Length).Select(figure => Deviation(samples.Select(sample => sample[figure]))).ToArray();
    }

    /// <summary>Every row once: the data itself.</summary>
    public static int[] Once(int rows)
    {
        var times = new int[rows];
        Array.Fill(times, 1);
        return times;
    }

    private static double Deviation(IEnumerable<double> values)
    {
        var finite = values.Where(double.IsFinite).ToArray();
        if (finite.Length < Rounds / 2)
            return double.NaN;
        var mean = finite.Average();
        return Math.Sqrt(finite.Average(value => (value - mean) * (value - mean)));
    }
}
