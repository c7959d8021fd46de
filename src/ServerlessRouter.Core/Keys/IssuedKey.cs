namespace ServerlessRouter.Keys;

/// <summary>A key that was issued, as it is kept: never the key itself.</summary>
public sealed record IssuedKey
{
    /// <summary>What the API calls it.</summary>
    public required string Id { get; init; }

    /// <summary>What usage, limits and messages call its holder; never another key's.</summary>
    public required string Name { get; init; }

    /// <summary>What its holder may do, as JSON in the form of the configuration's keys.</summary>
    public required ReadOnlyMemory<byte> Terms { get; init; }

    /// <summary>What its owner notes down, as a JSON object; null for nothing.</summary>
    public string? Metadata { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The admin who issued it.</summary>
    public required string CreatedBy { get; init; }

    /// <summary>When it was last given another secret; null for never.</summary>
    public DateTimeOffset? RotatedAt { get; init; }

    /// <summary>The key as it is now.</summary>
    internal KeptDigest Current { get; init; }

    /// <summary>The one it had before, or the same under an earlier pepper; null where it is no longer accepted.</summary>
    internal KeptDigest? Previous { get; init; }

    /// <summary>Until when <see cref="Previous"/> is accepted.</summary>
    internal DateTimeOffset PreviousUntil { get; init; }

    /// <summary>Until when the secret before the last rotation is accepted; null where it is not.</summary>
    public DateTimeOffset? OverlapsUntil { get; init; }

    internal string? ETag { get; init; }
}

/// <summary>A digest and the pepper it is under.</summary>
internal readonly record struct KeptDigest(KeyDigest Digest, string PepperId);
