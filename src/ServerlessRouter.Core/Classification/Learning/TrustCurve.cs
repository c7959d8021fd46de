using ServerlessRouter.Classification.Features;

namespace ServerlessRouter.Classification.Learning;

/// <summary>How far to trust a prediction, from how much of the text was known and how sure the task is.</summary>
internal readonly record struct TrustCurve(float Offset, float OfCoverage, float OfTaskConfidence)
{
    public float At(in Familiarity familiarity) =>
        (float)PortableMath.Sigmoid(Offset + OfCoverage * familiarity.Coverage + OfTaskConfidence * familiarity.TaskConfidence);
}
