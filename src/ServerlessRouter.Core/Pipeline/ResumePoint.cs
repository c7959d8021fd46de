using ServerlessRouter.Errors;

namespace ServerlessRouter.Pipeline;

/// <summary>
/// Where a request goes on that is answered in several steps, perhaps hours and processes apart: what the steps before decided, so that this one decides the same. Only the
/// stages of resuming read it; a request that is answered at once has none.
/// </summary>
public abstract class ResumePoint
{
    /// <summary>What was planned; null while the request is still to be planned.</summary>
    public FrozenPlan? Plan { get; init; }

    /// <summary>Where the attempts of this round begin among the request's; those before it belong to rounds that were given up.</summary>
    public int RoundAt { get; init; }

    /// <summary>The request has ended with this, without a step of its own: nothing is decided or called any more, it is only settled. Null while it goes on.</summary>
    public RouterError? Ending { get; init; }

    /// <summary>The step that is carried out makes a call, so that what it may cost is set aside before.</summary>
    public virtual bool MakesCall => false;

    /// <summary>Governance: a limit is in the way, so nothing was done; the step is to be made again after this time. Null where it was made.</summary>
    public TimeSpan? ComeBackAfter { get; set; }
}
