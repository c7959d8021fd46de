using ServerlessRouter.Configuration.Written;

namespace ServerlessRouter.Configuration.Validation;

/// <summary>Checks that the bounds of a route's cache agree with each other.</summary>
internal sealed class CacheValidator : IConfigValidator
{
    public void Validate(ValidationContext context)
    {
        foreach (var (name, route) in context.Config.Routes.Entries())
        {
            if (route.Cache is { } cache)
                Validate(cache, $"{ConfigPath.Member("routes", name)}.cache", context.Findings);
        }
    }

    private static void Validate(CacheConfig cache, string path, Findings findings)
    {
        var ttl = cache.TtlSeconds ?? CacheModel.DefaultTtlSeconds;
        if (cache.MaxTtlSeconds is { } maxTtl && maxTtl < ttl)
            findings.Error($"{path}.maxTtlSeconds", $"is {maxTtl}, less than the {ttl} of ttlSeconds; raise it, or lower ttlSeconds");
        var entry = cache.MaxEntryBytes ?? CacheModel.DefaultMaxEntryBytes;
        if (cache.MaxBytes is { } bytes && bytes < entry)
            findings.Error($"{path}.maxBytes", $"is {bytes}, less than the {entry} of maxEntryBytes, so a large answer would never fit; raise it, or lower maxEntryBytes");
    }
}
