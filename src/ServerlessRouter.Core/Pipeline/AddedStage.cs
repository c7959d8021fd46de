namespace ServerlessRouter.Pipeline;

/// <summary>A stage of the host's own.</summary>
/// <param name="Place">Where it stands; of several in one place the first is the outer one.</param>
/// <param name="Stage">Called by many requests at once, also for requests that are only planned; of one that is answered in several steps for the first alone, which plans it: what it decides there holds to the end.</param>
public sealed record AddedStage(StagePlace Place, IRequestStage Stage);

/// <summary>Where a host puts a stage of its own among the router's, which are listed in <see cref="RouterPipeline"/>.</summary>
public enum StagePlace
{
    /// <summary>Around everything: sees what the caller gets; what it refuses is in no record, and requests that are only planned or answered in several steps pass it by.</summary>
    Outermost,

    /// <summary>What it refuses is recorded; nothing is known of the caller yet.</summary>
    AfterRecording,

    /// <summary>The caller, its tier and the route are known.</summary>
    AfterAdmission,

    /// <summary>The kind of request is known too.</summary>
    AfterClassification,

    /// <summary>The plan is known too; behind it kept answers are given again, and vendors called.</summary>
    AfterRouting,
}
