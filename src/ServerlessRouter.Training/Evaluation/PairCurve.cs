namespace ServerlessRouter.Training.Evaluation;

/// <summary>Mean quality over the share of calls that go to the strong model.</summary>
internal sealed class PairCurve
{
    private readonly Polyline _line;
    private readonly double _weakMean;
    private readonly double _strongMean;

    public PairCurve(int[][] groups, double[] weak, double[] strong, int[] times, PairSteps steps)
    {
        var total = times.Sum();
        var weakSum = times.Select((count, row) => count * weak[row]).Sum();
        var gains = new List<(double Sent, double Gained)> { (0, 0) };
        foreach (var group in groups)
        {
            double sent = 0, gained = 0;
            foreach (var row in group)
            {
                sent += times[row];
                gained += times[row] * (strong[row] - weak[row]);
            }

            if (sent > 0)
                gains.Add((gains[^1].Sent + sent, gains[^1].Gained + gained));
        }

        var byCount = new Polyline(gains);
        _weakMean = weakSum / total;
        _strongMean = (weakSum + gains[^1].Gained) / total;
        _line = new Polyline(Counts(total, steps).Select(count => ((double)count / total, (weakSum + byCount.At(count)) / total)).ToList());
    }

    /// <summary>APGR, CPT50 and CPT80; never reached is infinite.</summary>
    public double[] Figures() => [Apgr(), Cpt(0.5), Cpt(0.8)];

    private double Apgr() => (_line.Area(0, 1) - _weakMean) / (_strongMean - _weakMean);

    private double Cpt(double recovered)
    {
        var target = _weakMean + recovered * (_strongMean - _weakMean);
        var points = _line.Points;
        for (var point = 1; point < points.Count; point++)
        {
            var (left, right) = (points[point - 1], points[point]);
            if (right.Y >= target)
                return 100 * (left.Y >= target ? left.X : left.X + (right.X - left.X) * (target - left.Y) / (right.Y - left.Y));
        }

        return 100;
    }

    private static IEnumerable<int> Counts(int rows, PairSteps steps) => steps switch
    {
        PairSteps.EveryRow => Enumerable.Range(0, rows + 1),
        PairSteps.Deciles => Enumerable.Range(0, 10).Select(step => rows - (int)Math.Ceiling((9 - step) * (rows - 1) / 10.0)).Prepend(0),
    };
}

/// <summary>At which shares of strong calls a pair curve has its points.</summary>
internal enum PairSteps
{
    /// <summary>The edges of ten score bins, as RouteLLM's evaluation takes them.</summary>
    Deciles,

    EveryRow,
}
