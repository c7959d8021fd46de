using ServerlessRouter.Configuration;

namespace ServerlessRouter.Dispatch;

/// <summary>What the steps of one request share.</summary>
internal sealed class DispatchRun(RouteLimits limits, CascadeRun? cascade)
{
    public RouteLimits Limits => limits;

    public CascadeRun? Cascade => cascade;

    /// <summary>What came of the attempts of this round, in the order they ended; null before the first.</summary>
    public List<AttemptFact>? Facts { get; set; }
}
