using System.Collections.Concurrent;
using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;

namespace ServerlessRouter.Lessons;

/// <summary>One figure for each task of a model, and one for requests whose task is unknown. Read without a lock.</summary>
internal sealed class TaskFigures
{
    /// <summary>Tasks, and one place for none.</summary>
    public const int Places = TaskKinds.Count + 1;

    private readonly Lock _lock = new();
    private readonly float[] _values = new float[Places];
    private readonly int[] _samples = new int[Places];

    public float Of(TaskKind? task) => Volatile.Read(ref _values[Place(task)]);

    public int SamplesOf(TaskKind? task) => Volatile.Read(ref _samples[Place(task)]);

    /// <summary>Moves the figure towards a sample by a share of the way; answers the figure before and after.</summary>
    public (float Before, float After) Move(TaskKind? task, float sample, float share, float least, float most)
    {
        var place = Place(task);
        lock (_lock)
        {
            var before = _values[place];
            var after = Math.Clamp(before + (share * (sample - before)), least, most);
            _samples[place]++;
            Volatile.Write(ref _values[place], after);
            return (before, after);
        }
    }

    /// <summary>Where a task's figure stands in tables of this size.</summary>
    public static int Place(TaskKind? task) => task is { } known ? (int)known : TaskKinds.Count;
}

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
