using ServerlessRouter.Domain;

namespace ServerlessRouter.Lessons;

/// <summary>How long a model's answers are. Written under its owner's lock; read without.</summary>
internal sealed class ModelLengths
{
    /// <summary>Answers after which a mean tells half of what there is to know of the model at the task.</summary>
    private const double HalfKnown = 2;

    /// <summary>The least share of the way an answer moves the mean: old answers fade.</summary>
    private const float LeastShare = 0.02f;

    private readonly double[] _logarithms = new double[TaskFigures.Places];
    private readonly double[] _weights = new double[TaskFigures.Places];
    private double _wordiness;

    /// <summary>Mean tokens of its answers to each task.</summary>
    public TaskFigures Means { get; } = new();

    /// <summary>How much longer its answers are than those of all models to the same tasks, as a logarithm drawn towards 0.</summary>
    public double Wordiness => Volatile.Read(ref _wordiness);

    /// <summary>How much its mean at the task counts among those of all models, 0..1.</summary>
    public double WeightAt(TaskKind? task) => Volatile.Read(ref _weights[TaskFigures.Place(task)]);

    /// <summary>Takes in an answer, and keeps the pool of all models as if the model's mean had always been what it is now.</summary>
    public void Learn(TaskKind? task, int tokens, TaskLengths pool)
    {
        Means.Move(task, tokens, Math.Max(LeastShare, 1f / (Means.SamplesOf(task) + 1)), 0, float.MaxValue);
        var place = TaskFigures.Place(task);
        var samples = Means.SamplesOf(task);
        var (weight, logarithm) = (samples / (samples + HalfKnown), Math.Log(Math.Max(1, Means.Of(task))));
        pool.Replace(place, _weights[place], _logarithms[place], weight, logarithm);
        _logarithms[place] = logarithm;
        Volatile.Write(ref _weights[place], weight);

        var (sum, known) = (0.0, 1.0);
        for (var each = 0; each < TaskFigures.Places; each++)
        {
            if (_weights[each] == 0)
                continue;
            sum += _weights[each] * (_logarithms[each] - pool.MeanAt(each));
            known += _weights[each];
        }

        Volatile.Write(ref _wordiness, sum / known);
    }
}
