using System.Collections.Immutable;
using ServerlessRouter.Jobs.Requests;
using ServerlessRouter.Recording.Usage;

namespace ServerlessRouter.Jobs.Steps;

/// <summary>What one turn of a single request came to.</summary>
internal sealed record RequestStepResult
{
    /// <summary>The purpose of an attempt whose answer was lost before it was kept.</summary>
    private const string LostAttempt = "lost";

    /// <summary>The end of the request; null when it goes on, or the turn was cut short.</summary>
    public ItemAnswer? Answer { get; init; }

    /// <summary>What kept the turn from an end that was not the request's doing; the step is made again.</summary>
    public Exception? Fault { get; init; }

    /// <summary>One of the router's own limits is in the way: nothing was done, and the turn is taken again after this time. Null where it was taken.</summary>
    public TimeSpan? ComeBackAfter { get; init; }

    /// <summary>What is known after the turn; null when the request was never planned.</summary>
    public RequestHistory? RequestHistory { get; init; }

    /// <summary>The side calls of all turns so far, while there is no history to hold them.</summary>
    public ImmutableArray<AttemptTrace> SideCalls { get; init; } = [];

    /// <summary>What all turns so far have cost.</summary>
    public JobTally Bill { get; init; }

    /// <summary>What all turns so far have used, for the books.</summary>
    public IReadOnlyList<UsageEntry> Usage { get; init; } = [];

    /// <summary>The attempts that it broke off, which nothing else tells of yet.</summary>
    public ImmutableArray<AttemptTrace> BrokenOff { get; init; } = [];

    /// <summary>
    /// The same with what was broken off in its place: attempts like any other where the request was taken back, else, because the step is made again, calls that were paid for in vain.
    /// </summary>
    public RequestStepResult WithBrokenOff(bool isTakenBack)
    {
        if (BrokenOff.IsEmpty || RequestHistory is not { } history)
            return this;
        var after = isTakenBack
            ? history with { Attempts = [.. history.Attempts, .. BrokenOff] }
            : history with { SideCalls = [.. history.SideCalls, .. BrokenOff.Where(static attempt => attempt.CostUsd > 0).Select(static attempt => attempt with { Purpose = LostAttempt })] };
        return this with { RequestHistory = after, BrokenOff = [] };
    }

    public static RequestStepResult Refused(ItemAnswer answer, JobItem item) => new() { Answer = answer, RequestHistory = item.RequestHistory, SideCalls = item.SideCalls, Bill = item.Bill, Usage = item.Usage };
}
