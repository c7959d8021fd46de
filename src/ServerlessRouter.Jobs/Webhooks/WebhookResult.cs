namespace ServerlessRouter.Jobs.Webhooks;

/// <summary>How one delivery went.</summary>
/// <param name="IsTaken">The receiver answered 2xx.</param>
/// <param name="CanHelpToRetry">Another try may succeed.</param>
/// <param name="Note">What happened, for people.</param>
internal sealed record WebhookResult(bool IsTaken, bool CanHelpToRetry, string Note);
