namespace ServerlessRouter.Configuration.Written;

/// <summary>Answers given again to the same request, as written.</summary>
public sealed record CacheConfig
{
    [Member("Seconds for which an answer is given again. Default: 300.", Minimum = 1, Maximum = 2_592_000)]
    public int? TtlSeconds { get; init; }

    [Member("The longest time a request may ask for by `X-OpenRouter-Cache-TTL`, in seconds. Default: 86400, or ttlSeconds where that is more.", Minimum = 1, Maximum = 2_592_000)]
    public int? MaxTtlSeconds { get; init; }

    [Member("Who gets the answers of whom: of the same key alone, of every key of the tier, or of every caller. Default: `key`.", Names = NameTable.CacheScope)]
    public string? Scope { get; init; }

    [Member("Most bytes of an answer that is kept. Default: 262144 (256 KiB).", Minimum = 1024, Maximum = 4_194_304)]
    public int? MaxEntryBytes { get; init; }

    [Member("Most bytes that the kept answers of this route take in the memory of each instance. Default: 67108864 (64 MiB).", Minimum = 1024, Maximum = 2_147_483_647)]
    public int? MaxBytes { get; init; }
}
