using System.Collections.Immutable;

namespace ServerlessRouter.Jobs;

/// <summary>A job as its row says: who asked for what, where it is, and where its results are. Never a prompt, never a key.</summary>
public sealed record Job
{
    public required string Id { get; init; }

    public required JobKind Kind { get; init; }

    /// <summary>The name of the caller's key; null for callers without one. Items run as this caller on the configuration of their day.</summary>
    public string? Caller { get; init; }

    public required JobStatus Status { get; init; }

    /// <summary>The file (batch) or the content (request) the items are read from.</summary>
    public required string InputId { get; init; }

    /// <summary>Bytes of the input.</summary>
    public required long InputBytes { get; init; }

    /// <summary>The path the requests would be sent to.</summary>
    public required string Endpoint { get; init; }

    /// <summary>The window as the caller wrote it.</summary>
    public required string CompletionWindow { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Items that have not begun by then are not run.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    public DateTimeOffset? InProgressAt { get; init; }

    public DateTimeOffset? FinalizingAt { get; init; }

    public DateTimeOffset? CancellingAt { get; init; }

    /// <summary>When it reached its last state.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>How many items there are; 0 until the input is read.</summary>
    public int Items { get; init; }

    /// <summary>The caller's metadata, a JSON object of texts.</summary>
    public string? Metadata { get; init; }

    /// <summary>Where the end is told.</summary>
    public string? CallbackUrl { get; init; }

    /// <summary>Where the host puts the output beside the files, in words the host understands.</summary>
    public string? OutputTo { get; init; }

    /// <summary>How long output files are kept, where the caller says so.</summary>
    public TimeSpan? OutputRetention { get; init; }

    /// <summary>The request's headers that routing may look at, a JSON object of texts.</summary>
    public string? Headers { get; init; }

    /// <summary>The row of the caller's idempotency key, by which the same submission is known again.</summary>
    public string? IdempotencyKeyHash { get; init; }

    public string? OutputFileId { get; init; }

    public string? ErrorFileId { get; init; }

    /// <summary>Why the input was refused, or what else the caller is to hear.</summary>
    public ImmutableArray<JobProblem> Problems { get; init; } = [];

    /// <summary>The final count and cost; zero until the job has ended.</summary>
    public JobTally Tally { get; init; }

    /// <summary>Deliveries of the callback that were tried.</summary>
    public int DeliveryTries { get; init; }

    /// <summary>The callback needs no further delivery: there is none, it was taken, or it was given up.</summary>
    public bool IsDelivered { get; init; }

    /// <summary>The next delivery is not before.</summary>
    public DateTimeOffset? NextDeliveryAt { get; init; }

    /// <summary>How the last delivery went, for people.</summary>
    public string? DeliveryNote { get; init; }

    /// <summary>The output stands where <see cref="OutputTo"/> says, or it was given up to put it there.</summary>
    public bool IsExported { get; init; }

    /// <summary>The output is not tried to be put there before.</summary>
    public DateTimeOffset? NextExportAt { get; init; }

    /// <summary>Faults of the router's own in a row that its steps have met.</summary>
    public int Faults { get; init; }

    public DateTimeOffset? LastFaultAt { get; init; }

    /// <summary>The version of the row this was read from.</summary>
    public string? ETag { get; init; }

    /// <summary>How many chunks the items lie in.</summary>
    public int Chunks => (Items + JobTables.ItemsPerChunk - 1) / JobTables.ItemsPerChunk;

    /// <summary>The receiver that is to hear of the end has heard of it.</summary>
    public bool IsNotified => (CallbackUrl is null || IsDelivered) && !IsExportLeft;

    /// <summary>Of a job that has ended: when the next try to put its output there or to tell of its end is due; null when it is due now.</summary>
    public DateTimeOffset? NextTellingAt => IsExportLeft ? NextExportAt : NextDeliveryAt;

    /// <summary>Nothing changes any more but the callback.</summary>
    public bool HasEnded => JobStatuses.IsFinal(Status);

    private bool IsExportLeft => OutputTo is not null && !IsExported;

    internal Job WithNextTellingAt(DateTimeOffset next) => IsExportLeft ? this with { NextExportAt = next } : this with { NextDeliveryAt = next };
}
