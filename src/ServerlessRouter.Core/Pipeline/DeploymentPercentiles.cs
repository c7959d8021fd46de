namespace ServerlessRouter.Pipeline;

/// <summary>How fast a deployment was over the last five minutes, call by call.</summary>
/// <param name="FirstTokenSeconds">Time to the first token. A plain answer counts with a fifth of its time, a first token that never came with the time that was waited for it.</param>
/// <param name="TokensPerSecond">Speed after the first token.</param>
public readonly record struct DeploymentPercentiles(Percentiles FirstTokenSeconds, Percentiles TokensPerSecond);
