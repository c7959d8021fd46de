namespace ServerlessRouter.Configuration;

/// <summary>How a simulated model behaves.</summary>
public sealed record SimulationModel
{
    public TimeSpan FirstTokenLatency { get; init; }

    public double TokensPerSecond { get; init; }

    /// <summary>Share of calls, 0 to 1, that fail with a 503.</summary>
    public double FailureRate { get; init; }
}
