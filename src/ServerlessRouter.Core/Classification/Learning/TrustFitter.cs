using ServerlessRouter.Classification.Features;

namespace ServerlessRouter.Classification.Learning;

/// <summary>Finds the trust curve under which held-out predictions err least, familiar and unfamiliar rows counting alike.</summary>
internal static class TrustFitter
{
    private const int Rounds = 400;
    private const double Pace = 0.5;

    public static TrustCurve Fit(List<HeldOutOutcome> seen, List<HeldOutOutcome> unseen, float share)
    {
        var rows = seen.Concat(unseen).Select((row, place) => Slope.Of(row, share, 1.0 / (place < seen.Count ? seen.Count : unseen.Count))).ToList();
        // The error is a parabola in the trust of each row, so its slope needs two numbers a row.
        double offset = 0, ofCoverage = 0, ofTask = 0;
        double squareOffset = 1e-9, squareCoverage = 1e-9, squareTask = 1e-9;
        for (var round = 0; round < Rounds; round++)
        {
            double slopeOffset = 0, slopeCoverage = 0, slopeTask = 0;
            foreach (var row in rows)
            {
                var trust = PortableMath.Sigmoid(offset + ofCoverage * row.Coverage + ofTask * row.TaskConfidence);
                var slope = row.Weight * 2 * (trust * row.Curvature - row.Gain) * trust * (1 - trust);
                slopeOffset += slope;
                slopeCoverage += slope * row.Coverage;
                slopeTask += slope * row.TaskConfidence;
            }

            offset -= Pace * slopeOffset / Math.Sqrt(squareOffset += slopeOffset * slopeOffset);
            ofCoverage -= Pace * slopeCoverage / Math.Sqrt(squareCoverage += slopeCoverage * slopeCoverage);
            ofTask -= Pace * slopeTask / Math.Sqrt(squareTask += slopeTask * slopeTask);
        }

        return new TrustCurve((float)offset, (float)ofCoverage, (float)ofTask);
    }

    /// <summary>Error(trust) = constant - 2 Gain trust + Curvature trust².</summary>
    private readonly record struct Slope(double Gain, double Curvature, float Coverage, float TaskConfidence, double Weight)
    {
        public static Slope Of(HeldOutOutcome row, float share, double weight)
        {
            var departure = row.Departure(share);
            double none = row.SquaredError(departure, 0), full = row.SquaredError(departure, 1), back = row.SquaredError(departure, -1);
            return new Slope((back - full) / 4, (full + back) / 2 - none, row.Coverage, row.TaskConfidence, weight);
        }
    }
}
