using System.Collections.Immutable;
using ServerlessRouter.Jobs.Requests;
using ServerlessRouter.Recording.Usage;

namespace ServerlessRouter.Jobs.Steps;

/// <summary>What one turn of a single request came to.</summary>
internal sealed record RequestStepResult
{
    /// <summary>The end of the request; null when it goes on, or the turn was cut short.</summary>
    public ItemAnswer? Answer { get; init; }

    /// <summary>What kept the turn from an end that was not the request's doing; the step is made again.</summary>
    public Exception? Fault { get; init; }

    /// <summary>What is known after the turn; null when the request was never planned.</summary>
    public RequestHistory? RequestHistory { get; init; }

    /// <summary>The side calls of all turns so far, while there is no history to hold them.</summary>
    public ImmutableArray<AttemptTrace> SideCalls { get; init; } = [];

    /// <summary>What all turns so far have cost.</summary>
    public JobTally Bill { get; init; }

    /// <summary>What all turns so far have used, for the books.</summary>
    public IReadOnlyList<UsageEntry> Usage { get; init; } = [];

    public static RequestStepResult Refused(ItemAnswer answer, JobItem item) => new() { Answer = answer, RequestHistory = item.RequestHistory, SideCalls = item.SideCalls, Bill = item.Bill, Usage = item.Usage };
}
