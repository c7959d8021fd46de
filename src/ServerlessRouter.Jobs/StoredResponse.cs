namespace ServerlessRouter.Jobs;

/// <summary>An answer that is kept for its caller.</summary>
public sealed record StoredResponse
{
    /// <summary>The response's own id.</summary>
    public required string Id { get; init; }

    /// <summary>Whose it is; null without a key.</summary>
    public string? Caller { get; init; }

    /// <summary>The job that answers it; null for one that has been answered.</summary>
    public string? JobId { get; init; }

    /// <summary>Of one that a job answers, what it went on from; null for nothing.</summary>
    public string? PreviousId { get; init; }

    /// <summary>Of one that a job answers, the request; else empty.</summary>
    public ReadOnlyMemory<byte> Request { get; init; }

    /// <summary>The response, one JSON object; empty while a job answers it.</summary>
    public ReadOnlyMemory<byte> Response { get; init; }

    /// <summary>Every item that it answers, those of earlier turns first; the inside of a JSON list.</summary>
    public required ReadOnlyMemory<byte> Input { get; init; }
}
