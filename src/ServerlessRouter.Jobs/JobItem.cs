using System.Collections.Immutable;
using ServerlessRouter.Jobs.Requests;
using ServerlessRouter.Recording.Usage;

namespace ServerlessRouter.Jobs;

/// <summary>One request of a job as its row says; the request itself and its result lie elsewhere.</summary>
public sealed record JobItem
{
    public required string JobId { get; init; }

    public required int Index { get; init; }

    /// <summary>The caller's name for it.</summary>
    public string? CustomId { get; init; }

    /// <summary>Where the request's body begins in the job's input: the row, and the place in it.</summary>
    public required int InputRow { get; init; }

    public required int InputAt { get; init; }

    public required int InputBytes { get; init; }

    public ItemState State { get; init; }

    /// <summary>Who works on it; a new name for every try.</summary>
    public string? Owner { get; init; }

    /// <summary>After this time every runner may take it over.</summary>
    public DateTimeOffset? LeasedUntil { get; init; }

    /// <summary>Tries of a batch's item that came to an answer or an error; one that died with its process did not. Of a single request the rounds that were begun.</summary>
    public int Tries { get; init; }

    /// <summary>Tries in a row that ended with a fault of the router's, so that nothing is known of the request.</summary>
    public int Faults { get; init; }

    /// <summary>The next try is not before.</summary>
    public DateTimeOffset? NextTryAt { get; init; }

    /// <summary>The HTTP status the request would have had; 0 when it never ran.</summary>
    public int StatusCode { get; init; }

    /// <summary>Bytes of the result; they stand in the result's row, or in content of this name.</summary>
    public int ResultBytes { get; init; }

    public string? ResultContent { get; init; }

    /// <summary>The model that answered.</summary>
    public string? Model { get; init; }

    /// <summary>What every settled try cost.</summary>
    public JobTally Bill { get; init; }

    /// <summary>What the turns of a single request have come to so far; null for items of batches, which are answered in one go.</summary>
    public RequestHistory? RequestHistory { get; init; }

    /// <summary>Side calls of turns of a single request that came to no plan; the turn that plans takes them into the history.</summary>
    public ImmutableArray<AttemptTrace> SideCalls { get; init; } = [];

    /// <summary>What the books get of it once its chunk has ended: the calls of every settled try, and the request with the last one.</summary>
    public IReadOnlyList<UsageEntry> Usage { get; init; } = [];

    public string? ETag { get; init; }

    public bool HasEnded => State is not (ItemState.Pending or ItemState.Running);
}

/// <summary>Where an item is. From the last four nothing leads on, so an item settles once.</summary>
public enum ItemState
{
    /// <summary>Not begun, or between two tries.</summary>
    Pending,

    /// <summary>A runner works on it, under a lease.</summary>
    Running,

    Done,
    Failed,

    /// <summary>The window passed before it was begun.</summary>
    Expired,

    Cancelled,
}
