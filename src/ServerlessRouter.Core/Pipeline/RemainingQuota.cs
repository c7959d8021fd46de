namespace ServerlessRouter.Pipeline;

/// <summary>What a vendor's rate-limit headers say is left, and when it is full again.</summary>
public sealed record RemainingQuota(int? Requests, int? Tokens, TimeSpan? RequestsReset, TimeSpan? TokensReset);
