using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace ServerlessRouter.Keys;

/// <summary>All issued keys in memory, by digest and by name: a few hundred bytes each. Reading takes no lock; one turn at a time changes it.</summary>
internal sealed class KeyBook
{
    private readonly ConcurrentDictionary<KeyDigest, KeyEntry> _byDigest = new(concurrencyLevel: 1, capacity: 31);
    private readonly ConcurrentDictionary<string, KeyEntry> _byName = new(concurrencyLevel: 1, capacity: 31, StringComparer.Ordinal);

    public int Count => _byName.Count;

    /// <summary>The key of this digest; of one that was rotated also the one before, until that ends.</summary>
    public KeyEntry? Find(in KeyDigest digest, DateTimeOffset now) =>
        _byDigest.TryGetValue(digest, out var entry) && (entry.Digest == digest || entry.Previous!.Until > now) ? entry : null;

    public KeyEntry? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>Puts a key in the place of what was known of its name.</summary>
    public void Set(IssuedKey key)
    {
        var entry = new KeyEntry(key.Name, key.Terms.ToArray(), key.Current.Digest, key.Previous is { } previous ? new EarlierDigest(previous.Digest, key.PreviousUntil) : null);
        var earlier = _byName.GetValueOrDefault(key.Name);
        // First what comes and then what goes: a key that stays is never missing in between.
        _byDigest[entry.Digest] = entry;
        if (entry.Previous is { } overlapping)
            _byDigest[overlapping.Digest] = entry;
        _byName[key.Name] = entry;
        foreach (var digest in earlier?.Digests ?? [])
        {
            if (!entry.Digests.Contains(digest))
                _byDigest.TryRemove(digest, out _);
        }
    }

    public void Remove(string name)
    {
        if (!_byName.TryRemove(name, out var entry))
            return;
        foreach (var digest in entry.Digests)
            _byDigest.TryRemove(digest, out _);
    }
}

/// <summary>One key in memory.</summary>
/// <param name="name">Its name.</param>
/// <param name="terms">What its holder may do, as it is kept; read when it is used.</param>
/// <param name="digest">The key.</param>
/// <param name="previous">The one before; null where there is none.</param>
internal sealed class KeyEntry(string name, byte[] terms, KeyDigest digest, EarlierDigest? previous)
{
    public string Name => name;

    public ReadOnlySpan<byte> Terms => terms;

    public KeyDigest Digest => digest;

    public EarlierDigest? Previous => previous;

    public ImmutableArray<KeyDigest> Digests => previous is null ? [digest] : [digest, previous.Digest];
}

/// <summary>What a key was before, and until when that is accepted.</summary>
internal sealed record EarlierDigest(KeyDigest Digest, DateTimeOffset Until);
