namespace ServerlessRouter.Jobs;

/// <summary>What a caller wants done, checked for its form.</summary>
public sealed record JobOrder
{
    public required JobKind Kind { get; init; }

    /// <summary>The name of the caller's key; null for callers without one.</summary>
    public required string? Caller { get; init; }

    /// <summary>The path the requests would be sent to; one of <see cref="JobEndpoints"/>.</summary>
    public required string Endpoint { get; init; }

    /// <summary>A batch's file.</summary>
    public string? InputFileId { get; init; }

    /// <summary>A single request's body.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    public string CompletionWindow { get; init; } = Jobs.CompletionWindow.Default;

    /// <summary>A JSON object of texts.</summary>
    public string? Metadata { get; init; }

    /// <summary>Where the end is told.</summary>
    public string? CallbackUrl { get; init; }

    /// <summary>Where the host puts the output beside the files, in words the host understands.</summary>
    public string? OutputTo { get; init; }

    /// <summary>How long output files are kept; null: as long as the router keeps files.</summary>
    public TimeSpan? OutputRetention { get; init; }

    /// <summary>What <see cref="JobHeaders"/> keeps of the request's headers.</summary>
    public string? Headers { get; init; }

    /// <summary>The caller's own name for this submission: sent again, it answers the job it made the first time.</summary>
    public string? IdempotencyKey { get; init; }
}
