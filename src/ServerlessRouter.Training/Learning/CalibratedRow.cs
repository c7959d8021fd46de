namespace ServerlessRouter.Training.Learning;

/// <summary>What a calibrated model says of a row it had not seen, and the truth.</summary>
internal readonly record struct CalibratedRow(int Best, float Confidence, int Truth)
{
    public bool IsRight => Best == Truth;
}
