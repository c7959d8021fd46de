using ServerlessRouter.Classification.Features;

namespace ServerlessRouter.Training.Learning;

/// <summary>The raw scores of a row the model had not seen, and its true label.</summary>
internal readonly record struct HeldOutRow(float[] Scores, int Truth)
{
    /// <summary>Negative logarithm of the probability of the truth.</summary>
    public double LossAt(float temperature) => -PortableMath.Log(Math.Max(1e-9, Probabilities(temperature)[Truth]));

    public CalibratedRow At(float temperature)
    {
        var probabilities = Probabilities(temperature);
        var best = Array.IndexOf(probabilities, probabilities.Max());
        return new CalibratedRow(best, probabilities[best], Truth);
    }

    private float[] Probabilities(float temperature)
    {
        var probabilities = (float[])Scores.Clone();
        PortableMath.Softmax(probabilities, temperature);
        return probabilities;
    }
}

/// <summary>What a calibrated model says of a row it had not seen, and the truth.</summary>
internal readonly record struct CalibratedRow(int Best, float Confidence, int Truth)
{
    public bool IsRight => Best == Truth;
}
