namespace ServerlessRouter.Configuration;

/// <summary>How a simulated model behaves.</summary>
public sealed record SimulationModel
{
    public const double DefaultFirstTokenMilliseconds = 250;
    public const double DefaultTokensPerSecond = 60;

    /// <summary>Answers without a pause.</summary>
    public static readonly SimulationModel AtOnce = new() { FirstTokenLatency = TimeSpan.Zero, TokensPerSecond = 0 };

    public TimeSpan FirstTokenLatency { get; init; } = TimeSpan.FromMilliseconds(DefaultFirstTokenMilliseconds);

    /// <summary>Tokens after the first in a second; 0 is all at once.</summary>
    public double TokensPerSecond { get; init; } = DefaultTokensPerSecond;

    /// <summary>Share of calls, 0 to 1, that fail with a 503.</summary>
    public double FailureRate { get; init; }
}
