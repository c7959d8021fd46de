using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using ServerlessRouter.Configuration;

namespace ServerlessRouter.Lessons;

/// <summary>The figures of every model, kept by its name, so that they survive a new configuration.</summary>
internal sealed class ModelFigures
{
    private readonly ConcurrentDictionary<string, TaskFigures> _byName = new(StringComparer.Ordinal);

    // Saves hashing the name for every candidate of every decision.
    private readonly ConditionalWeakTable<LanguageModel, TaskFigures> _byModel = [];

    public TaskFigures Of(LanguageModel model) => _byModel.TryGetValue(model, out var known) ? known : _byModel.GetValue(model, Attach);

    private TaskFigures Attach(LanguageModel model) => _byName.GetOrAdd(model.Name, static _ => new TaskFigures());
}
