using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using ServerlessRouter.Classification.Features;
using ServerlessRouter.Classification.Models;
using ServerlessRouter.Domain;
using ServerlessRouter.Training.Rows;

namespace ServerlessRouter.Training.Learning;

/// <summary>
/// Learns to tell tasks from vectors. 1 nearest centroids, 2 refined by gradient steps, as many as rows held out like best, 3 a temperature, 4 how much the vector counts
/// beside the words; all of it from five parts held out in turn.
/// </summary>
internal sealed class EmbeddingTrainer
{
    public const int Folds = 5;
    private const ulong Seed = 20_240_607;

    /// <summary>Steepness of nearest centroids before any temperature.</summary>
    private const float CentroidScale = 10;

    private const float Rate = 2;
    private const float Decay = 1e-5f;

    /// <summary>With fewer unsure rows than this all rows say how much the vector counts.</summary>
    private const int FewUnsure = 50;

    /// <summary>How often the rows may be gone through after the centroids are found.</summary>
    private static readonly int[] Passes = [0, 4, 16];

    private static readonly float[] Shares = [0, 0.25f, 0.5f, 0.75f, 0.9f, 1];

    private static readonly float[] Temperatures = Enumerable.Range(0, 50).Select(step => 0.05f * MathF.Pow(1.12f, step)).ToArray();

    private readonly IReadOnlyList<EmbeddedExample> _rows;
    private readonly TaskKind[] _tasks;
    private readonly int[] _truth;
    private readonly int _stride;
    private readonly int _dimensions;

    private EmbeddingTrainer(IReadOnlyList<EmbeddedExample> rows)
    {
        _rows = rows;
        _tasks = [.. rows.Select(row => row.Task).Distinct().Order()];
        _truth = [.. rows.Select(row => Array.IndexOf(_tasks, row.Task))];
        _stride = LinearWeights.StrideOf(_tasks.Length);
        _dimensions = rows[0].Vector.Length;
    }

    public static EmbeddingTraining Train(IReadOnlyList<EmbeddedExample> rows, string model, TextWriter progress) => new EmbeddingTrainer(rows).Train(model, progress);

    private EmbeddingTraining Train(string model, TextWriter progress)
    {
        progress.WriteLine($"{_rows.Count} vectors of {_dimensions} numbers, {_tasks.Length} tasks; holding out {Folds} parts in turn");
        var foldOf = Rows.Folds.ByLot(_rows.Count, Folds, Seed);
        var byPasses = Array.ConvertAll(Passes, passes => HeldOut(foldOf, passes));
        var temperatures = Array.ConvertAll(byPasses, BestTemperature);
        var best = Enumerable.Range(0, Passes.Length).MinBy(option => byPasses[option].Sum(row => row.LossAt(temperatures[option])));
        var temperature = temperatures[best];
        var said = Array.ConvertAll(byPasses[best], row => Probabilities(row, temperature));
        var share = BestShare(said);
        var (rows, bias) = Fit([.. Enumerable.Range(0, _rows.Count)], Passes[best]);
        progress.WriteLine($"held out: {Passes[best]} passes after the centroids, temperature {temperature:0.00}, the vector counts {share:0.00}");
        var head = new EmbeddingHead { Model = model, Dimensions = _dimensions, Tasks = _tasks, Rows = rows, Bias = bias, Temperature = temperature, Share = share };
        return new EmbeddingTraining(head, [.. said.Select((scores, row) => Likeliest(Mixed(scores, row, share)).ToWireName())], foldOf);
    }

    private HeldOutRow[] HeldOut(int[] foldOf, int passes)
    {
        var heldOut = new HeldOutRow[_rows.Count];
        // Every part has luck of its own, so the order in which they end changes nothing.
        Parallel.For(0, Folds, fold =>
        {
            var (rows, bias) = Fit([.. Enumerable.Range(0, _rows.Count).Where(row => foldOf[row] != fold)], passes);
            for (var row = 0; row < _rows.Count; row++)
            {
                if (foldOf[row] != fold)
                    continue;
                var scores = new float[_stride];
                EmbeddingHead.Score(rows, bias, _rows[row].Vector, scores);
                heldOut[row] = new HeldOutRow(scores[.._tasks.Length], _truth[row]);
            }
        });
        return heldOut;
    }

    private (float[] Rows, float[] Bias) Fit(int[] places, int passes)
    {
        var (rows, bias) = Centroids(places);
        var luck = new SeededRandom(Seed);
        var gradient = new float[_stride];
        for (var pass = 0; pass < passes; pass++)
        {
            luck.Shuffle(places);
            var rate = Rate * (1 - (0.9f * pass / passes));
            foreach (var place in places)
                Step(rows, bias, place, rate, gradient);
        }

        return (rows, bias);
    }

    /// <summary>Score of a task: how near the vector is to the mean of its vectors. A task without rows has none.</summary>
    private (float[] Rows, float[] Bias) Centroids(int[] places)
    {
        var rows = new float[_dimensions * _stride];
        var bias = new float[_stride];
        for (var task = 0; task < _tasks.Length; task++)
        {
            var own = Array.FindAll(places, place => _truth[place] == task);
            var squares = 0f;
            for (var number = 0; number < _dimensions && own.Length > 0; number++)
            {
                var sum = 0f;
                foreach (var place in own)
                    sum += _rows[place].Vector[number];
                var mean = sum / own.Length;
                squares += mean * mean;
                rows[(number * _stride) + task] = CentroidScale * mean;
            }

            bias[task] = own.Length > 0 ? -CentroidScale * squares / 2 : -CentroidScale;
        }

        return (rows, bias);
    }

    private void Step(float[] rows, float[] bias, int place, float rate, float[] gradient)
    {
        var vector = _rows[place].Vector;
        EmbeddingHead.Score(rows, bias, vector, gradient);
        gradient.AsSpan(_tasks.Length).Clear();
        PortableMath.Softmax(gradient.AsSpan(0, _tasks.Length));
        gradient[_truth[place]] -= 1;
        var steps = MemoryMarshal.Cast<float, Vector128<float>>(gradient.AsSpan());
        var kept = Vector128.Create(1 - (rate * Decay));
        for (var number = 0; number < vector.Length; number++)
        {
            var pace = Vector128.Create(rate * vector[number]);
            var weights = MemoryMarshal.Cast<float, Vector128<float>>(rows.AsSpan(number * _stride, _stride));
            for (var four = 0; four < weights.Length; four++)
                weights[four] = (weights[four] * kept) - (steps[four] * pace);
        }

        for (var task = 0; task < _tasks.Length; task++)
            bias[task] -= rate * gradient[task];
    }

    private static float BestTemperature(HeldOutRow[] rows) => Temperatures.MinBy(temperature => rows.Sum(row => row.LossAt(temperature)));

    private static float[] Probabilities(HeldOutRow row, float temperature)
    {
        var probabilities = (float[])row.Scores.Clone();
        PortableMath.Softmax(probabilities, temperature);
        return probabilities;
    }

    /// <summary>Judged where it matters: on rows whose words say too little.</summary>
    private float BestShare(float[][] said)
    {
        var unsure = Enumerable.Range(0, _rows.Count).Where(row => _rows[row].IsUnsure).ToList();
        var judged = unsure.Count >= FewUnsure ? unsure : [.. Enumerable.Range(0, _rows.Count)];
        return Shares.MinBy(share => judged.Sum(row => -PortableMath.Log(Math.Max(1e-6, Mixed(said[row], row, share)[(int)_rows[row].Task]))));
    }

    private float[] Mixed(float[] said, int row, float share)
    {
        var mixed = Array.ConvertAll(_rows[row].Words, probability => probability * (1 - share));
        for (var output = 0; output < _tasks.Length; output++)
            mixed[(int)_tasks[output]] += share * said[output];
        return mixed;
    }

    private static TaskKind Likeliest(float[] probabilities) => (TaskKind)Array.IndexOf(probabilities, probabilities.Max());
}

/// <summary>Weights that read vectors, and, for every row in order, the task that words and vectors together said of it before it was learnt from.</summary>
internal sealed record EmbeddingTraining(EmbeddingHead Head, IReadOnlyList<string> HeldOutAnswers, int[] FoldOf);
