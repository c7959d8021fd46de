using ServerlessRouter.Errors;

namespace ServerlessRouter.Core.Tests.Dispatch;

/// <summary>What the next attempt comes to.</summary>
internal sealed record CoreOutcome(FailureKind? Failure, TimeSpan? RetryAfter, TimeSpan Takes, int OthersUntried, int Deployment, double Jitter, decimal CostUsd, double FallbackScore, TimeSpan? OpensIn, bool IsOpeningGuessed);
