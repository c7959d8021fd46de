namespace ServerlessRouter.Training.Learning;

/// <summary>How the error of a held-out row depends on trust: constant - 2 Gain trust + Curvature trust².</summary>
internal readonly record struct TrustSlope(double Gain, double Curvature, float Coverage, float TaskConfidence, double Weight);
