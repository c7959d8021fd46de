using ServerlessRouter.Classification.Models;

namespace ServerlessRouter.Training.Learning;

/// <summary>What parts that had not seen a row said of it, and what really happened.</summary>
internal sealed record HeldOutOutcome(
    int Row, float[] Heads, float[] Cautious, float[] Table, float[] Means, float[] Quality, Familiarity Familiarity)
{
    /// <summary>What a model with these shares and this trust would have answered.</summary>
    public float[] Answer(float headsShare, float cautiousShare, TrustCurve trust) =>
        Blend(Familiar(headsShare), Unfamiliar(cautiousShare), trust.At(Familiarity));

    /// <summary>The prediction for a familiar text.</summary>
    public float[] Familiar(float headsShare) => Blend(Heads, Table, headsShare);

    /// <summary>The prediction for an unfamiliar text.</summary>
    public float[] Unfamiliar(float cautiousShare) => Blend(Cautious, Means, cautiousShare);

    /// <summary>Squared error of the differences between models, which are what routing acts on; the common error of a row changes no choice.</summary>
    public double ErrorOf(ReadOnlySpan<float> prediction)
    {
        double sum = 0, squares = 0;
        var graded = 0;
        for (var model = 0; model < prediction.Length; model++)
        {
            if (float.IsNaN(Quality[model]))
                continue;
            var error = (double)Quality[model] - prediction[model];
            sum += error;
            squares += error * error;
            graded++;
        }

        return graded < 2 ? 0 : squares - sum * sum / graded;
    }

    public static float[] Blend(float[] one, float[] other, float share)
    {
        var blend = new float[one.Length];
        for (var model = 0; model < blend.Length; model++)
            blend[model] = share * one[model] + (1 - share) * other[model];
        return blend;
    }
}
