namespace ServerlessRouter.Configuration;

/// <summary>What is otherwise at a simulated provider for a time than is configured: for demonstrations.</summary>
/// <param name="FailureRate">Share of calls, 0 to 1, that fail with a 503.</param>
/// <param name="RateLimitRate">Share of calls, 0 to 1, that are refused with a 429.</param>
/// <param name="Slowdown">How many times as long everything takes.</param>
public sealed record SimulatedFault(double FailureRate = 0, double RateLimitRate = 0, double Slowdown = 1);
