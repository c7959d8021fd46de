namespace ServerlessRouter.Configuration.Written;

/// <summary>How a simulated provider behaves, as written.</summary>
public sealed record SimulationConfig
{
    [Member("Time to the first token, in milliseconds. Default: 250.", Minimum = 0, Maximum = 600_000)]
    public double? FirstTokenMilliseconds { get; init; }

    [Member("Tokens per second after the first. Default: 60.", Minimum = 0.1, Maximum = 1_000_000)]
    public double? TokensPerSecond { get; init; }

    [Member("Share of calls, 0 to 1, that fail with a 503. Default: 0.", Minimum = 0, Maximum = 1)]
    public double? FailureRate { get; init; }
}
