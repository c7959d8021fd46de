namespace ServerlessRouter.Training.Evaluation;

/// <summary>The non-decreasing upper concave envelope of points (cost, quality): what mixing operating points by lot can reach.</summary>
internal sealed class CostHull
{
    private readonly Polyline _line;

    public CostHull(IEnumerable<(double X, double Y)> points)
    {
        var hull = new List<(double X, double Y)>();
        foreach (var point in points.Distinct().Order())
        {
            if (hull.Count > 0 && point.X == hull[^1].X)
                hull.RemoveAt(hull.Count - 1);
            if (hull.Count > 0 && point.Y <= hull[^1].Y)
                continue;
            while (hull.Count > 1 && (hull[^1].Y - hull[^2].Y) * (point.X - hull[^2].X) <= (point.Y - hull[^2].Y) * (hull[^1].X - hull[^2].X))
                hull.RemoveAt(hull.Count - 1);
            hull.Add(point);
        }

        _line = new Polyline(hull);
    }

    public double HighestQuality => _line.Points[^1].Y;

    /// <summary>AIQ: the mean height between the costs of the cheapest and the dearest single model.</summary>
    public double MeanHeight(double cheapest, double dearest) => dearest > cheapest ? _line.Area(cheapest, dearest) / (dearest - cheapest) : HighestQuality;

    /// <summary>The least cost that reaches this quality; infinite when nothing does.</summary>
    public double CostOf(double quality)
    {
        const double roundingError = 1e-9;
        var points = _line.Points;
        if (HighestQuality < quality - roundingError)
            return double.PositiveInfinity;
        if (quality <= points[0].Y)
            return points[0].X;
        var right = 1;
        while (right < points.Count - 1 && points[right].Y < quality)
            right++;
        var (from, to) = (points[right - 1], points[right]);
        return Math.Min(to.X, from.X + (to.X - from.X) * (quality - from.Y) / (to.Y - from.Y));
    }
}
