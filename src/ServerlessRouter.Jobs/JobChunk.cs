namespace ServerlessRouter.Jobs;

/// <summary>How far a chunk of a job's items is; added up from the items, so writing it again changes nothing.</summary>
public sealed record JobChunk
{
    public required string JobId { get; init; }

    public required int Chunk { get; init; }

    public JobTally Tally { get; init; }

    /// <summary>Items that ended because the window passed; they count as failed as well.</summary>
    public int Expired { get; init; }

    /// <summary>Every item has ended and the chunk's part of the output is written.</summary>
    public bool IsSettled { get; init; }

    /// <summary>Bytes of its part of the output file.</summary>
    public long OutputBytes { get; init; }

    /// <summary>Bytes of its part of the error file.</summary>
    public long ErrorBytes { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Null for a row that is not written yet.</summary>
    public string? ETag { get; init; }
}
