using ServerlessRouter.Errors;
using ServerlessRouter.Recording.Usage;

namespace ServerlessRouter.Jobs.Steps;

/// <summary>What one try of an item came to.</summary>
internal sealed record ItemAnswer
{
    /// <summary>The answer's body, or the error's.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>HTTP status the request would have had.</summary>
    public required int Status { get; init; }

    /// <summary>Null when it was answered.</summary>
    public RouterError? Error { get; init; }

    /// <summary>The model that answered.</summary>
    public string? Model { get; init; }

    /// <summary>What it cost, answered or not.</summary>
    public JobTally Bill { get; init; }

    /// <summary>What it used, for the books.</summary>
    public IReadOnlyList<UsageEntry> Usage { get; init; } = [];

    /// <summary>It was cancelled before it ended.</summary>
    public bool IsInterrupted { get; init; }
}
