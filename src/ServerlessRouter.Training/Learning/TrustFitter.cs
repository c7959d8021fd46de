using ServerlessRouter.Classification.Features;
using ServerlessRouter.Classification.Models;

namespace ServerlessRouter.Training.Learning;

/// <summary>Finds the trust curve under which held-out predictions err least, familiar and unfamiliar rows counting alike.</summary>
internal static class TrustFitter
{
    private const int Rounds = 400;
    private const double Pace = 0.5;

    /// <summary>By so much trust is lowered at a time, and down to where none is left.</summary>
    private const float TrustStep = 0.5f;
    private const float MinTrustOffset = -20;

    /// <summary>No text is familiar.</summary>
    public static readonly TrustCurve None = new(float.NegativeInfinity, 0, 0);

    public static TrustCurve Fit(List<HeldOutOutcome> seen, List<HeldOutOutcome> unseen, float headsShare, float cautiousShare) =>
        Descend([.. seen.Concat(unseen).Select((row, place) => SlopeOf(row, headsShare, cautiousShare, 1.0 / (place < seen.Count ? seen.Count : unseen.Count)))]);

    /// <summary>The curve under which rows err least: their error is a parabola in trust, so its slope needs two numbers a row.</summary>
    public static TrustCurve Descend(IReadOnlyList<TrustSlope> rows)
    {
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

    /// <summary>Lowers trust until, on tasks left out, following it errs no more than knowing the means alone, but for the luck of the draw.</summary>
    public static TrustCurve NeverWorse(TrustCurve curve, List<HeldOutOutcome> unseen, float headsShare)
    {
        var bearable = unseen.Sum(row => row.ErrorOf(row.Means)) * (1 + OutcomeTrainer.BearableLoss);
        return Lower(curve, lowered => unseen.Sum(row => row.ErrorOf(row.Answer(headsShare, 0, lowered))) > bearable);
    }

    /// <summary>Lowers trust while it harms.</summary>
    public static TrustCurve Lower(TrustCurve curve, Func<TrustCurve, bool> harms)
    {
        while (curve.Offset > MinTrustOffset && harms(curve))
            curve = curve with { Offset = curve.Offset - TrustStep };
        return curve;
    }

    private static TrustSlope SlopeOf(HeldOutOutcome row, float headsShare, float cautiousShare, double weight)
    {
        float[] familiar = row.Familiar(headsShare), unfamiliar = row.Unfamiliar(cautiousShare);
        double none = row.ErrorOf(unfamiliar), full = row.ErrorOf(familiar), half = row.ErrorOf(HeldOutOutcome.Blend(familiar, unfamiliar, 0.5f));
        var curvature = 2 * (full + none) - 4 * half;
        return new TrustSlope((curvature + none - full) / 2, curvature, row.Familiarity.Coverage, row.Familiarity.TaskConfidence, weight);
    }
}
