namespace ServerlessRouter.Jobs;

/// <summary>An answer that is kept for its caller.</summary>
public sealed record StoredResponse
{
    /// <summary>The response's own id.</summary>
    public required string Id { get; init; }

    /// <summary>Whose it is; null without a key.</summary>
    public string? Caller { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>The response, one JSON object.</summary>
    public required ReadOnlyMemory<byte> Response { get; init; }

    /// <summary>Every item that it answers, those of earlier turns first; the inside of a JSON list.</summary>
    public required ReadOnlyMemory<byte> Input { get; init; }
}
