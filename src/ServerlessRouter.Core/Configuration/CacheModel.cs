namespace ServerlessRouter.Configuration;

/// <summary>How answers are given again to the same request.</summary>
public sealed record CacheModel
{
    public const int DefaultTtlSeconds = 300;
    public const int DefaultMaxTtlSeconds = 86_400;
    public const int DefaultMaxEntryBytes = 256 * 1024;
    public const long DefaultMaxBytes = 64L * 1024 * 1024;

    /// <summary>For requests that ask for it on a route that says nothing of a cache.</summary>
    public static readonly CacheModel WhereAsked = new();

    /// <summary>For how long an answer is given again. Default: 300 s.</summary>
    public TimeSpan Ttl { get; init; } = TimeSpan.FromSeconds(DefaultTtlSeconds);

    /// <summary>The longest time a request may ask for. Default: a day.</summary>
    public TimeSpan MaxTtl { get; init; } = TimeSpan.FromSeconds(DefaultMaxTtlSeconds);

    /// <summary>Who gets the answers of whom. Default: each key its own.</summary>
    public CacheScope Scope { get; init; }

    /// <summary>A larger answer is not kept. Default: 256 KiB.</summary>
    public int MaxEntryBytes { get; init; } = DefaultMaxEntryBytes;

    /// <summary>What all kept answers of the route may take in memory. Default: 64 MiB.</summary>
    public long MaxBytes { get; init; } = DefaultMaxBytes;
}

/// <summary>Who gets the answers of whom.</summary>
public enum CacheScope
{
    /// <summary>Each key its own; callers without a key are one.</summary>
    Key,

    /// <summary>All keys of a tier.</summary>
    Tier,

    /// <summary>Every caller.</summary>
    Shared,
}

/// <summary>The names <c>routes.*.cache.scope</c> may have.</summary>
public static class CacheScopes
{
    public const string Key = "key";
    public const string Tier = "tier";
    public const string Shared = "shared";

    /// <summary>All names.</summary>
    public static IReadOnlyList<string> All { get; } = [Key, Tier, Shared];

    /// <summary>The scope of a name that was validated; <see cref="CacheScope.Key"/> where none is written.</summary>
    public static CacheScope Parse(string? written) => written switch
    {
        Shared => CacheScope.Shared,
        Tier => CacheScope.Tier,
        _ => CacheScope.Key,
    };
}
