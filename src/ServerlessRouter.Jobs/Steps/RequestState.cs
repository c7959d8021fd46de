using ServerlessRouter.Dispatch;

namespace ServerlessRouter.Jobs.Steps;

/// <summary>
/// Where a single request stands, as its driver sees it: over, or what the next step is to be decided from. A driver asks <see cref="Next"/>, waits where that says wait and
/// looks again, and has every other step carried out.
/// </summary>
public sealed record RequestState
{
    private static readonly TimeSpan ShortWait = TimeSpan.FromSeconds(1);

    public required string JobId { get; init; }

    /// <summary>Turns that are settled.</summary>
    public int Number { get; init; }

    /// <summary>Nothing is left to do but to complete the job.</summary>
    public bool IsOver { get; init; }

    /// <summary>Until then another round waits, or another runner has the request.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    public DispatchHistory? History { get; init; }

    /// <summary>What comes next as of this time; a pure function, so that a replayed orchestration takes the same steps.</summary>
    public DispatchStep Next(DateTimeOffset now)
    {
        if (NotBefore is { } then && then > now)
            return WaitFor(then - now);
        return History is { } history ? history.Next(now) : WaitFor(ShortWait);
    }

    /// <summary>The order to carry out a step that was decided from this state.</summary>
    public RequestOrder Order(DispatchStep step) => new(JobId, Number, step);

    private static DispatchStep WaitFor(TimeSpan wait) => new() { Kind = DispatchStepKind.Wait, Within = wait };
}

/// <summary>One decided step of a single request, and after how many turns it was decided; carried out once however often it is delivered.</summary>
public sealed record RequestOrder(string JobId, int Number, DispatchStep Step);
