using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Resuming;

/// <summary>The stages of a request that is answered in several steps, beside those it shares with a live one.</summary>
internal sealed record ResumingStages(IRequestStage Settling, IRequestStage Recall, IRequestStage Restore, IRequestStage Begin, IRequestStage Step);
