namespace ServerlessRouter.Pipeline;

/// <summary>A stage of the host's own.</summary>
/// <param name="Place">Where it stands; of several in one place the first is the outer one.</param>
/// <param name="Stage">Called by many requests at once, also for requests that are only planned; of one that is answered in several steps for the first, which plans it.</param>
public sealed record AddedStage(StagePlace Place, IRequestStage Stage);
