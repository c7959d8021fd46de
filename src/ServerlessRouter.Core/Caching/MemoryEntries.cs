using System.Diagnostics.CodeAnalysis;
using ServerlessRouter.Json;

namespace ServerlessRouter.Caching;

/// <summary>Kept answers in memory, up to a number of bytes; what was not used for longest gives way first.</summary>
internal sealed class MemoryEntries(long maxBytes)
{
    /// <summary>What an entry takes beside its blocks: its place, and that of its key.</summary>
    private const int OverheadBytes = 120;

    /// <summary>Longer ones have an array of their own, which is neither moved nor copied while others wait.</summary>
    private const int MaxBytesInBlocks = 32 * 1024;

    private const int FirstPlaces = 64;
    private const int None = -1;

    private readonly Lock _lock = new();
    private readonly Dictionary<CacheKey, int> _places = [];
    private readonly ByteBlocks _blocks = new();

    /// <summary>By place. They are in a list from the one used last to the one not used for longest; free places are in one of their own.</summary>
    private Entry[] _entries = [];
    private int _newest = None;
    private int _oldest = None;
    private int _free = None;
    private long _bytes;

    /// <summary>What all entries take.</summary>
    public long Bytes
    {
        get
        {
            lock (_lock)
                return _bytes;
        }
    }

    public int Count
    {
        get
        {
            lock (_lock)
                return _places.Count;
        }
    }

    /// <summary>The answer of a key; one that is past its time is forgotten.</summary>
    public bool TryFind(CacheKey key, DateTimeOffset now, [NotNullWhen(true)] out CachedAnswer? answer)
    {
        answer = null;
        return Read(key, now) is { } bytes && CachedAnswerBytes.TryRead(bytes, out answer);
    }

    /// <summary>Keeps an answer in the place of the one there may be.</summary>
    public void Put(CacheKey key, CachedAnswer answer)
    {
        using var written = new PooledWriter(CachedAnswerBytes.UsualLength(answer));
        CachedAnswerBytes.Write(answer, written);
        var bytes = written.Written.Span;
        if (SizeOf(bytes.Length) > maxBytes)
            return;
        var own = bytes.Length > MaxBytesInBlocks ? bytes.ToArray() : null;
        lock (_lock)
        {
            if (_places.TryGetValue(key, out var known))
                Forget(known);
            while (_bytes + SizeOf(bytes.Length) > maxBytes)
                Forget(_oldest);
            var place = TakePlace();
            _entries[place] = new Entry
            {
                Key = key, Length = bytes.Length, ExpiresAt = answer.ExpiresAt.UtcTicks, Own = own, FirstBlock = own is null ? _blocks.Keep(bytes) : ByteBlocks.None,
            };
            _places[key] = place;
            _bytes += SizeOf(bytes.Length);
            Link(place);
        }
    }

    public void Remove(CacheKey key)
    {
        lock (_lock)
        {
            if (_places.TryGetValue(key, out var known))
                Forget(known);
        }
    }

    private static long SizeOf(int length) => OverheadBytes + (length > MaxBytesInBlocks ? length : (long)ByteBlocks.CountFor(length) * ByteBlocks.BlockBytes);

    private byte[]? Read(CacheKey key, DateTimeOffset now)
    {
        lock (_lock)
        {
            if (!_places.TryGetValue(key, out var place))
                return null;
            ref readonly var entry = ref _entries[place];
            if (entry.ExpiresAt <= now.UtcTicks)
            {
                Forget(place);
                return null;
            }

            if (place != _newest)
            {
                Unlink(place);
                Link(place);
            }

            if (entry.Own is { } own)
                return own;
            var bytes = GC.AllocateUninitializedArray<byte>(entry.Length);
            _blocks.Read(entry.FirstBlock, bytes);
            return bytes;
        }
    }

    private void Forget(int place)
    {
        Unlink(place);
        ref var entry = ref _entries[place];
        _places.Remove(entry.Key);
        _blocks.Free(entry.FirstBlock);
        _bytes -= SizeOf(entry.Length);
        entry = new Entry { Older = _free };
        _free = place;
    }

    private int TakePlace()
    {
        if (_free == None)
        {
            var first = _entries.Length;
            Array.Resize(ref _entries, Math.Max(FirstPlaces, 2 * first));
            for (var added = first; added < _entries.Length; added++)
                _entries[added].Older = added + 1 < _entries.Length ? added + 1 : None;
            _free = first;
        }

        var place = _free;
        _free = _entries[place].Older;
        return place;
    }

    private void Link(int place)
    {
        (_entries[place].Newer, _entries[place].Older) = (None, _newest);
        if (_newest != None)
            _entries[_newest].Newer = place;
        else
            _oldest = place;
        _newest = place;
    }

    private void Unlink(int place)
    {
        var (newer, older) = (_entries[place].Newer, _entries[place].Older);
        if (newer != None)
            _entries[newer].Older = older;
        else
            _newest = older;
        if (older != None)
            _entries[older].Newer = newer;
        else
            _oldest = newer;
    }

    private struct Entry
    {
        public CacheKey Key;

        /// <summary>In ticks of UTC.</summary>
        public long ExpiresAt;

        /// <summary>The bytes of a long one; null for one in blocks.</summary>
        public byte[]? Own;
        public int FirstBlock;
        public int Length;
        public int Newer;
        public int Older;
    }
}
