namespace ServerlessRouter.Balancing;

/// <summary>Hashes that are the same in every process, so that instances agree without talking.</summary>
internal static class StableHash
{
    private const ulong FnvOffset = 14695981039346656037;
    private const ulong FnvPrime = 1099511628211;

    /// <summary>FNV-1a over the UTF-16 units.</summary>
    public static ulong Of(string text)
    {
        var hash = FnvOffset;
        foreach (var unit in text)
            hash = (hash ^ unit) * FnvPrime;
        return hash;
    }

    /// <summary>One well-spread hash of two (the finalizer of SplitMix64).</summary>
    public static ulong Mix(ulong left, ulong right)
    {
        var hash = left ^ (right * 0x9E3779B97F4A7C15);
        hash = (hash ^ (hash >> 30)) * 0xBF58476D1CE4E5B9;
        hash = (hash ^ (hash >> 27)) * 0x94D049BB133111EB;
        return hash ^ (hash >> 31);
    }

    /// <summary>A number in (0, 1).</summary>
    public static double ToUnit(ulong hash) => ((hash >> 11) + 0.5) / (1UL << 53);
}
