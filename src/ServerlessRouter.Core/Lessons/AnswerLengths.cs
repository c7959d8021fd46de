using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Lessons;

/// <summary>
/// Learns from every answer how long answers are. The length belongs to what is asked before it belongs to who answers: what one model's answers to a task teach holds, for four
/// fifths, for all; what remains is the model's own wordiness, over all its tasks. Else a model never used would be expected to answer at typical length where the one in use is known
/// to be short, and would never be tried.
/// </summary>
internal sealed class AnswerLengths : IAnswerLengths
{
    /// <summary>What others teach counts as much as this many answers of the model itself.</summary>
    private const int WorthOfOthers = 5;

    /// <summary>A model that others are known beside, and that is not itself, is expected to be shorter by up to so much: so it is tried, and then it is known.</summary>
    private const double MaxBenefitOfDoubt = 0.5;
    private const double HalfBenefitAt = 0.25;

    private readonly Lock _lock = new();
    private readonly ModelFigures<ModelLengths> _models = new();
    private readonly TaskLengths _tasks = new();

    /// <summary>Forgets the models that this configuration does not have.</summary>
    public void Follow(RouterModel router) => _models.Follow(router);

    public int Expect(LanguageModel model, TaskKind? task, int typicalTokens)
    {
        var known = _models.Of(model);
        var place = TaskFigures.Place(task);
        var weight = _tasks.WeightAt(place);
        var samples = known.Means.SamplesOf(task);
        if (weight <= 0 && known.Wordiness == 0)
            return typicalTokens;
        var others = Math.Max(0, weight - known.WeightAt(task));
        var benefit = 1 - (MaxBenefitOfDoubt * others / (others + HalfBenefitAt));
        var prior = _tasks.Expect(place, typicalTokens) * Math.Exp(known.Wordiness) * benefit;
        return (int)Math.Clamp(((WorthOfOthers * prior) + (samples * known.Means.Of(task))) / (WorthOfOthers + samples), 1, int.MaxValue);
    }

    public void Learn(LanguageModel model, TaskKind? task, int tokens)
    {
        var known = _models.Of(model);
        lock (_lock)
            known.Learn(task, tokens, _tasks);
    }
}

/// <summary>How long a model's answers are. Written under its owner's lock; read without.</summary>
internal sealed class ModelLengths
{
    /// <summary>Answers after which a mean tells half of what there is to know of the model at the task.</summary>
    private const double HalfKnown = 2;

    /// <summary>The least share of the way an answer moves the mean: old answers fade.</summary>
    private const float MinShare = 0.02f;

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
        Means.Move(task, tokens, Math.Max(MinShare, 1f / (Means.SamplesOf(task) + 1)), 0, float.MaxValue);
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

/// <summary>How long answers to each task are over all models, each model counting by how well it is known. Written under its owner's lock; read without.</summary>
internal sealed class TaskLengths
{
    /// <summary>Tasks differ in length more than models do: a mean of one model says four fifths of the task, one of the model.</summary>
    private const double WorthOfTypical = 0.25;

    private readonly double[] _sums = new double[TaskFigures.Places];
    private readonly double[] _weights = new double[TaskFigures.Places];

    public double WeightAt(int place) => Volatile.Read(ref _weights[place]);

    /// <summary>Logarithm of the mean length of the models known.</summary>
    public double MeanAt(int place) => _sums[place] / _weights[place];

    /// <summary>Tokens of an answer of any model, drawn towards the typical ones while few models are known.</summary>
    public double Expect(int place, int typicalTokens)
    {
        var (sum, weight) = (Volatile.Read(ref _sums[place]), WeightAt(place));
        return weight <= 0 ? typicalTokens : Math.Exp((sum + (WorthOfTypical * Math.Log(Math.Max(1, typicalTokens)))) / (weight + WorthOfTypical));
    }

    public void Replace(int place, double weightBefore, double logarithmBefore, double weight, double logarithm)
    {
        Volatile.Write(ref _sums[place], _sums[place] - (weightBefore * logarithmBefore) + (weight * logarithm));
        Volatile.Write(ref _weights[place], _weights[place] - weightBefore + weight);
    }
}
