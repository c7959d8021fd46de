namespace ServerlessRouter.Training.Evaluation;

/// <summary>A line through points whose x rises, level beyond its ends.</summary>
internal sealed class Polyline(IReadOnlyList<(double X, double Y)> points)
{
    public IReadOnlyList<(double X, double Y)> Points => points;

    public double At(double x)
    {
        if (x <= points[0].X)
            return points[0].Y;
        if (x >= points[^1].X)
            return points[^1].Y;
        int low = 0, high = points.Count - 1;
        while (high - low > 1)
        {
            var middle = (low + high) / 2;
            if (points[middle].X >= x)
                high = middle;
            else
                low = middle;
        }

        return Between(points[low], points[high], x);
    }

    /// <summary>Area under the line from one x to another.</summary>
    public double Area(double from, double to)
    {
        var knots = points.Select(point => point.X).Where(x => x > from && x < to).Prepend(from).Append(to).ToArray();
        var area = 0.0;
        for (var knot = 1; knot < knots.Length; knot++)
            area += (knots[knot] - knots[knot - 1]) * (At(knots[knot - 1]) + At(knots[knot])) / 2;
        return area;
    }

    private static double Between((double X, double Y) left, (double X, double Y) right, double x) =>
        left.Y + (right.Y - left.Y) * (x - left.X) / (right.X - left.X);
}
