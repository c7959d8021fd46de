using System.Diagnostics.CodeAnalysis;

namespace ServerlessRouter.Caching;

/// <summary>Kept answers in memory, up to a number of bytes; what was not used for longest gives way first.</summary>
internal sealed class MemoryEntries(long maxBytes)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<CacheKey, LinkedListNode<(CacheKey Key, CachedAnswer Answer)>> _places = [];

    /// <summary>The one used last comes first.</summary>
    private readonly LinkedList<(CacheKey Key, CachedAnswer Answer)> _order = new();
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
        lock (_lock)
        {
            answer = null;
            if (!_places.TryGetValue(key, out var place))
                return false;
            if (place.Value.Answer.ExpiresAt <= now)
            {
                Forget(place);
                return false;
            }

            if (!ReferenceEquals(_order.First, place))
            {
                _order.Remove(place);
                _order.AddFirst(place);
            }

            answer = place.Value.Answer;
            return true;
        }
    }

    /// <summary>Keeps an answer in the place of the one there may be.</summary>
    public void Put(CacheKey key, CachedAnswer answer)
    {
        if (answer.Size > maxBytes)
            return;
        lock (_lock)
        {
            if (_places.TryGetValue(key, out var known))
                Forget(known);
            _places[key] = _order.AddFirst((key, answer));
            _bytes += answer.Size;
            while (_bytes > maxBytes)
                Forget(_order.Last!);
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

    private void Forget(LinkedListNode<(CacheKey Key, CachedAnswer Answer)> place)
    {
        _order.Remove(place);
        _places.Remove(place.Value.Key);
        _bytes -= place.Value.Answer.Size;
    }
}
