namespace ServerlessRouter.Pipeline;

/// <summary>How a figure was distributed lately: the value that a share of the calls kept or did better than.</summary>
/// <param name="Samples">Calls behind it; 0 when nothing is known, and then the values mean nothing.</param>
/// <param name="P50">The median.</param>
/// <param name="P75">Three of four calls were at least as good.</param>
/// <param name="P90">Nine of ten calls were at least as good.</param>
/// <param name="P95">Nineteen of twenty calls were at least as good.</param>
/// <param name="P99">Ninety-nine of a hundred calls were at least as good.</param>
public readonly record struct Percentiles(int Samples, double P50, double P75, double P90, double P95, double P99)
{
    public bool IsKnown => Samples > 0;
}
