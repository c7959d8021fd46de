using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using ServerlessRouter.Configuration;

namespace ServerlessRouter.Lessons;

/// <summary>The figures of every model, kept by its name, so that they survive a new configuration.</summary>
internal sealed class ModelFigures<T> where T : class, new()
{
    private readonly ConcurrentDictionary<string, T> _byName = new(StringComparer.Ordinal);

    // Saves hashing the name for every candidate of every decision.
    private readonly ConditionalWeakTable<LanguageModel, T> _byModel = [];

    public T Of(LanguageModel model) => _byModel.TryGetValue(model, out var known) ? known : _byModel.GetValue(model, Attach);

    private T Attach(LanguageModel model) => _byName.GetOrAdd(model.Name, static _ => new T());
}
