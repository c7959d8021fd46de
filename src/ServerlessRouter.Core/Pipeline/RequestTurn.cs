using ServerlessRouter.Errors;

namespace ServerlessRouter.Pipeline;

/// <summary>
/// One turn of a request that is answered in several, perhaps hours and processes apart: what the turns before it decided, so that this one decides the same. A request
/// that is answered at once has none.
/// </summary>
public abstract class RequestTurn
{
    /// <summary>What the first turn planned; null in the first turn.</summary>
    public PinnedPlan? Pinned { get; init; }

    /// <summary>Where the attempts of this round begin among the request's; those before it belong to rounds that were given up.</summary>
    public int RoundAt { get; init; }

    /// <summary>The request has ended with this, without a turn of its own: nothing is decided or called any more, it is only settled. Null while it goes on.</summary>
    public RouterError? Ending { get; init; }
}
