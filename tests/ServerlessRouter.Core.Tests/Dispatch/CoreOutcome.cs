using ServerlessRouter.Errors;

namespace ServerlessRouter.Core.Tests.Dispatch;

/// <summary>What the next attempt comes to.</summary>
internal sealed record CoreOutcome(FailureKind? Failure, TimeSpan? RetryAfter, TimeSpan Takes, int OthersUntried, int Deployment, double Luck, decimal CostUsd, double Worth, TimeSpan? OpensIn, bool IsOpeningGuessed);
