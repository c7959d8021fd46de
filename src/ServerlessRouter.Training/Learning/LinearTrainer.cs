using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using ServerlessRouter.Classification.Features;
using ServerlessRouter.Classification.Models;
using ServerlessRouter.Training.Rows;

namespace ServerlessRouter.Training.Learning;

/// <summary>Learns a linear model by stochastic gradient descent with AdaGrad steps, in a fixed order of a fixed seed.</summary>
internal sealed class LinearTrainer
{
    private const float Epsilon = 1e-6f;

    private readonly LearningSettings _settings;
    private readonly int _outputs;
    private readonly int _stride;
    private readonly Vocabulary _vocabulary;
    private readonly float[] _rows;
    private readonly float[] _rowSquares;
    private readonly float[] _dense;
    private readonly float[] _denseSquares;
    private readonly float[] _rowsMean;
    private readonly float[] _denseMean;

    private LinearTrainer(LearningSettings settings, int outputs, Vocabulary vocabulary)
    {
        _settings = settings;
        _outputs = outputs;
        _stride = LinearWeights.StrideOf(outputs);
        _vocabulary = vocabulary;
        _rows = new float[vocabulary.Keys.Length * _stride];
        _rowSquares = new float[_rows.Length];
        // The last row is the bias.
        _dense = new float[(HandcraftedFeatures.Count + 1) * _stride];
        _denseSquares = new float[_dense.Length];
        var isAveraged = settings.AveragedEpochs > 0;
        _rowsMean = isAveraged ? new float[_rows.Length] : _rows;
        _denseMean = isAveraged ? new float[_dense.Length] : _dense;
    }

    /// <summary>Learns from texts and their targets, `outputs` numbers a text, one after the other; `beliefs` say which handcrafted features speak for which output to begin with.</summary>
    public static LinearModel Train(
        IReadOnlyList<TrainingText> texts, ReadOnlyMemory<float> targets, int outputs, LearningSettings settings,
        IReadOnlyList<(int Feature, int Output)>? beliefs = null)
    {
        var trainer = new LinearTrainer(settings, outputs, Vocabulary.Of(texts, targets.Span, outputs, settings));
        foreach (var (feature, output) in beliefs ?? [])
            trainer._dense[feature * trainer._stride + output] = settings.BeliefWeight / settings.HandcraftedScale;
        trainer.Learn(texts, targets.Span);
        return new LinearModel(trainer.Quantised());
    }

    private void Learn(IReadOnlyList<TrainingText> texts, ReadOnlySpan<float> targets)
    {
        var projected = texts.Select(_vocabulary.Project).ToArray();
        var luck = new SeededRandom(_settings.Seed);
        var order = SeededRandom.Order(texts.Count, _settings.Seed + 1);
        var gradient = new float[_stride];
        for (var epoch = 0; epoch < _settings.Epochs; epoch++)
        {
            luck.Shuffle(order);
            var rate = _settings.Rate * (1 - 0.9f * epoch / _settings.Epochs);
            foreach (var place in order)
            {
                var (rows, values) = projected[place];
                var seed = luck.Next();
                Step(rows, values, texts[place].Handcrafted, targets.Slice(place * _outputs, _outputs), gradient, rate, seed);
            }

            if (epoch < _settings.Epochs - _settings.AveragedEpochs)
                continue;
            AddTo(_rowsMean, _rows);
            AddTo(_denseMean, _dense);
        }
    }

    private void AddTo(float[] mean, float[] weights)
    {
        for (var place = 0; place < mean.Length; place++)
            mean[place] += weights[place] / _settings.AveragedEpochs;
    }

    private void Step(
        int[] rows, float[] values, float[] handcrafted, ReadOnlySpan<float> target, Span<float> gradient, float rate, ulong seed)
    {
        gradient.Clear();
        var dropped = _settings.Dropout;
        var luck = new SeededRandom(seed);
        var kept = dropped > 0 ? 1 / (1 - dropped) : 1;
        for (var place = 0; place < rows.Length; place++)
        {
            if (dropped == 0 || luck.Unit() >= dropped)
                AddRow(gradient, _rows, rows[place], values[place] * kept);
        }

        for (var feature = 0; feature < handcrafted.Length; feature++)
            AddRow(gradient, _dense, feature, handcrafted[feature] * _settings.HandcraftedScale);
        AddRow(gradient, _dense, HandcraftedFeatures.Count, 1);

        ToGradient(gradient, target);

        luck = new SeededRandom(seed);
        for (var place = 0; place < rows.Length; place++)
        {
            if (dropped == 0 || luck.Unit() >= dropped)
                Move(_rows, _rowSquares, rows[place], gradient, values[place] * kept, rate);
        }

        for (var feature = 0; feature < handcrafted.Length; feature++)
            Move(_dense, _denseSquares, feature, gradient, handcrafted[feature] * _settings.HandcraftedScale, rate);
        Move(_dense, _denseSquares, HandcraftedFeatures.Count, gradient, 1, rate);
    }

    private void ToGradient(Span<float> scores, ReadOnlySpan<float> target)
    {
        var smoothing = _settings.Loss == LinearLoss.OneOf ? _settings.Smoothing : 0;
        if (_settings.Loss == LinearLoss.OneOf)
            PortableMath.Softmax(scores[.._outputs]);
        for (var output = 0; output < _outputs; output++)
        {
            // A target that is not a number is one that was not graded.
            var guess = _settings.Loss == LinearLoss.OneOf ? scores[output] : (float)PortableMath.Sigmoid(scores[output]);
            scores[output] = float.IsNaN(target[output]) ? 0 : guess - (target[output] * (1 - smoothing) + smoothing / _outputs);
        }
    }

    private void AddRow(Span<float> sums, float[] matrix, int row, float value)
    {
        if (value == 0)
            return;
        var factor = Vector128.Create(value);
        var into = MemoryMarshal.Cast<float, Vector128<float>>(sums);
        var weights = MemoryMarshal.Cast<float, Vector128<float>>(matrix.AsSpan(row * _stride, _stride));
        for (var place = 0; place < into.Length; place++)
            into[place] += weights[place] * factor;
    }

    private void Move(float[] matrix, float[] squares, int row, ReadOnlySpan<float> gradient, float value, float rate)
    {
        if (value == 0)
            return;
        var factor = Vector128.Create(value);
        var pace = Vector128.Create(rate);
        var decay = Vector128.Create(_settings.Decay);
        var epsilon = Vector128.Create(Epsilon);
        var gradients = MemoryMarshal.Cast<float, Vector128<float>>(gradient);
        var weights = MemoryMarshal.Cast<float, Vector128<float>>(matrix.AsSpan(row * _stride, _stride));
        var sums = MemoryMarshal.Cast<float, Vector128<float>>(squares.AsSpan(row * _stride, _stride));
        for (var place = 0; place < weights.Length; place++)
        {
            var slope = gradients[place] * factor + weights[place] * decay;
            var sum = sums[place] + slope * slope;
            sums[place] = sum;
            weights[place] -= pace * slope / (Vector128.Sqrt(sum) + epsilon);
        }
    }

    private LinearWeights Quantised()
    {
        var rows = new sbyte[_rows.Length];
        var scales = new Half[_vocabulary.Keys.Length];
        for (var row = 0; row < scales.Length; row++)
        {
            var weights = _rowsMean.AsSpan(row * _stride, _outputs);
            var largest = 0f;
            foreach (var weight in weights)
                largest = MathF.Max(largest, MathF.Abs(weight));
            scales[row] = (Half)(largest / 127);
            var scale = (float)scales[row];
            for (var output = 0; output < _outputs && scale > 0; output++)
                rows[row * _stride + output] = (sbyte)Math.Clamp(MathF.Round(weights[output] / scale), -127, 127);
        }

        var handcrafted = _denseMean.AsSpan(0, HandcraftedFeatures.Count * _stride).ToArray();
        for (var place = 0; place < handcrafted.Length; place++)
            handcrafted[place] *= _settings.HandcraftedScale;
        return new LinearWeights
        {
            Groups = _settings.Groups,
            Outputs = _outputs,
            Keys = _vocabulary.Keys,
            Idf = _vocabulary.Idf,
            Scales = scales,
            Rows = rows,
            Handcrafted = handcrafted,
            Bias = _denseMean.AsSpan(HandcraftedFeatures.Count * _stride, _stride).ToArray(),
        };
    }
}
