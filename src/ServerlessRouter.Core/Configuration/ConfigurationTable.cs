using System.Collections.Concurrent;

namespace ServerlessRouter.Configuration;

/// <summary>
/// What a part of the router keeps for each object of a configuration (a model, a route, a deployment): made when it is first asked for, dropped when a configuration without the
/// object takes effect. Objects are told apart by reference, which is faster than by name. What must survive a new configuration is kept elsewhere, under its id, and found through here.
/// </summary>
internal sealed class ConfigurationTable<TKey, TValue> where TKey : class
{
    private readonly ConcurrentDictionary<TKey, TValue> _known = [];

    /// <summary>The value of an object. A request that is still on an earlier configuration may have it made again; that one is dropped at the next change.</summary>
    public TValue Of(TKey key, Func<TKey, TValue> make) => _known.TryGetValue(key, out var known) ? known : _known.GetOrAdd(key, make);

    /// <summary>The value of an object, made with what its maker needs beside it.</summary>
    public TValue Of<TArgument>(TKey key, TArgument argument, Func<TKey, TArgument, TValue> make) =>
        _known.TryGetValue(key, out var known) ? known : _known.GetOrAdd(key, make, argument);

    /// <summary>Drops what belongs to none of these objects.</summary>
    public void KeepOnly(IEnumerable<TKey> current)
    {
        var kept = current.ToHashSet();
        foreach (var key in _known.Keys)
        {
            if (!kept.Contains(key))
                _known.TryRemove(key, out _);
        }
    }
}
