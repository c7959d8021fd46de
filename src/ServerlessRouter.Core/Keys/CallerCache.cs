using System.Runtime.CompilerServices;
using ServerlessRouter.Configuration;

namespace ServerlessRouter.Keys;

/// <summary>Remembers the callers that keys used lately make on the configuration of their time: bounded, without a lock, and each place holds the latest that fell to it.</summary>
internal sealed class CallerCache
{
    /// <summary>As many keys as are busy at once on one instance; a key that finds its place taken is read again, in a few microseconds.</summary>
    private const int Places = 4096;

    private readonly Known?[] _places = new Known?[Places];

    private sealed record Known(KeyEntry Entry, RouterModel Router, CallerModel? Caller);

    /// <summary>The caller; null where its tier is not configured.</summary>
    public CallerModel? Of(KeyEntry entry, RouterModel router)
    {
        ref var place = ref _places[RuntimeHelpers.GetHashCode(entry) & (Places - 1)];
        if (Volatile.Read(ref place) is { } known && ReferenceEquals(known.Entry, entry) && ReferenceEquals(known.Router, router))
            return known.Caller;
        var caller = router.KeyTerms?.Find(entry.Name, entry.Terms);
        Volatile.Write(ref place, new Known(entry, router, caller));
        return caller;
    }
}
