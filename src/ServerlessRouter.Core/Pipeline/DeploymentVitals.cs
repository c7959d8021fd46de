namespace ServerlessRouter.Pipeline;

/// <summary>What is known about a deployment right now: learnt by health, read by routing and balancing.</summary>
public readonly record struct DeploymentVitals
{
    /// <summary>Its breaker lets calls through (or would let one probe through).</summary>
    public bool IsCallable { get; init; }

    /// <summary>Calls open on this instance.</summary>
    public int InFlight { get; init; }

    /// <summary>Peak-sensitive moving average of the time to first token, in seconds; 0 while unknown.</summary>
    public double FirstTokenSeconds { get; init; }

    /// <summary>Moving average of the answer's tokens per second; 0 while unknown.</summary>
    public double TokensPerSecond { get; init; }

    /// <summary>Share of recent calls that failed, 0..1; 0 while unknown.</summary>
    public double FailureShare { get; init; }

    /// <summary>Share of its capacity left, 0..1, by the vendor's headers or the configured capacity; 1 while unknown.</summary>
    public double Headroom { get; init; }

    /// <summary>How bad it is when nothing is callable; lower is better. The time its breaker still stays open, in seconds.</summary>
    public double OpenForSeconds { get; init; }

    /// <summary>What is to be expected of that time's end; means something only while it is not callable.</summary>
    public OpeningKind Opening { get; init; }
}
