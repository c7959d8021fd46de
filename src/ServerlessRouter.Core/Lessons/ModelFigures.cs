using System.Collections.Concurrent;
using ServerlessRouter.Configuration;

namespace ServerlessRouter.Lessons;

/// <summary>The figures of every model, kept by its name, so that they survive a new configuration that still has the model.</summary>
internal sealed class ModelFigures<T> where T : class, new()
{
    private readonly ConcurrentDictionary<string, T> _byName = new(StringComparer.Ordinal);

    // Saves hashing the name for every candidate of every decision.
    private readonly ConfigurationTable<LanguageModel, T> _byModel = new();

    public T Of(LanguageModel model) => _byModel.Of(model, _byName, static (model, byName) => byName.GetOrAdd(model.Name, static _ => new T()));

    /// <summary>Forgets the models that this configuration does not have.</summary>
    public void Follow(RouterModel router)
    {
        _byModel.KeepOnly(router.Models);
        foreach (var name in _byName.Keys)
        {
            if (!router.ModelsByName.ContainsKey(name))
                _byName.TryRemove(name, out _);
        }
    }
}
