namespace ServerlessRouter.Configuration;

/// <summary>When a route may ask a second deployment because the first is slow.</summary>
/// <param name="MaxShare">Share of its requests that may be sent twice, at most.</param>
/// <param name="WithTools">Requests that offer tools too.</param>
public sealed record HedgeModel(double MaxShare, bool WithTools)
{
    public const double DefaultMaxShare = 0.05;
}
