namespace ServerlessRouter.Pipeline;

/// <summary>Where a host puts a stage of its own among the router's, which are listed in <see cref="RouterPipeline"/>.</summary>
public enum StagePlace
{
    /// <summary>Around everything: sees what the caller gets; what it refuses is in no record, and requests that are only planned pass it by.</summary>
    Outermost,

    /// <summary>What it refuses is recorded; nothing is known of the caller yet.</summary>
    AfterRecording,

    /// <summary>The caller, its tier and the route are known.</summary>
    AfterAdmission,

    /// <summary>The kind of request is known too.</summary>
    AfterClassification,

    /// <summary>The plan is known too; behind it vendors are called.</summary>
    AfterRouting,
}
