namespace ServerlessRouter.Jobs;

/// <summary>A file as its row says; the bytes lie in the content of the same name.</summary>
public sealed record JobFile
{
    public required string Id { get; init; }

    /// <summary>The name of the caller's key; null for callers without one. No other caller sees the file.</summary>
    public string? Caller { get; init; }

    /// <summary>One of <see cref="JobFilePurposes"/>.</summary>
    public required string Purpose { get; init; }

    public required string FileName { get; init; }

    public required long Bytes { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it is forgotten.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }
}
