using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using ServerlessRouter.Classification.Features;

namespace ServerlessRouter.Classification.Learning;

/// <summary>A linear function of hashed and handcrafted features with several outputs, its hashed weights in eight bits.</summary>
/// <remarks>Each output is summed over the features in their order, so the width of the machine's vectors does not change a bit of the result.</remarks>
internal sealed class LinearModel
{
    private readonly LinearWeights _weights;
    private readonly FeatureTable _table;
    private readonly float[] _idf;
    private readonly float[] _scales;
    private readonly float[] _handcrafted;
    private readonly float[] _bias;

    public LinearModel(LinearWeights weights)
    {
        _weights = weights;
        _table = new FeatureTable(weights.Keys);
        _idf = Array.ConvertAll(weights.Idf, static value => (float)value);
        _scales = Array.ConvertAll(weights.Scales, static value => (float)value);
        _handcrafted = weights.Handcrafted;
        _bias = weights.Bias;
    }

    public int Outputs => _weights.Outputs;

    /// <summary>Length of the score span: the outputs, rounded up.</summary>
    public int Stride => LinearWeights.StrideOf(_weights.Outputs);

    public FeatureGroups Groups => _weights.Groups;

    public LinearWeights Weights => _weights;

    /// <summary>Fills `scores` (of length Stride) and returns how many of the hashed features the model knows.</summary>
    public int Score(FeatureBuffer features, Span<float> scores)
    {
        var stride = Stride;
        var sums = MemoryMarshal.Cast<float, Vector128<float>>(scores[..stride]);
        sums.Clear();
        var known = 0;
        var squares = 0f;
        foreach (var hash in features.Hashes)
        {
            var row = _table.RowOf(hash);
            if (row < 0)
                continue;
            known++;
            var idf = _idf[row];
            squares += idf * idf;
            var factor = Vector128.Create(idf * _scales[row]);
            var weights = MemoryMarshal.Cast<sbyte, int>(_weights.Rows.AsSpan(row * stride, stride));
            for (var place = 0; place < sums.Length; place++)
                sums[place] += Widened(weights[place]) * factor;
        }

        var norm = Vector128.Create(squares > 0 ? 1 / MathF.Sqrt(squares) : 0);
        var bias = MemoryMarshal.Cast<float, Vector128<float>>(_bias);
        for (var place = 0; place < sums.Length; place++)
            sums[place] = sums[place] * norm + bias[place];
        var values = features.Handcrafted;
        for (var feature = 0; feature < values.Length; feature++)
        {
            if (values[feature] == 0)
                continue;
            var value = Vector128.Create(values[feature]);
            var weights = MemoryMarshal.Cast<float, Vector128<float>>(_handcrafted.AsSpan(feature * stride, stride));
            for (var place = 0; place < sums.Length; place++)
                sums[place] += weights[place] * value;
        }

        return known;
    }

    /// <summary>What a handcrafted feature adds to an output, beyond what it adds to the outputs on average.</summary>
    public float HandcraftedContribution(int feature, float value, int output)
    {
        var weights = _handcrafted.AsSpan(feature * Stride, Outputs);
        return value * (weights[output] - Mean(weights));
    }

    /// <summary>What a hashed feature adds to an output beyond the average; `norm` is the norm of the text's known features.</summary>
    public float HashedContribution(uint hash, float norm, int output)
    {
        var row = _table.RowOf(hash);
        if (row < 0 || norm == 0)
            return 0;
        var weights = _weights.Rows.AsSpan(row * Stride, Outputs);
        var sum = 0;
        foreach (var weight in weights)
            sum += weight;
        return _idf[row] * _scales[row] / norm * (weights[output] - (float)sum / Outputs);
    }

    /// <summary>What a handcrafted feature adds to the outputs, each counting as much as its number in `shares`.</summary>
    public float HandcraftedSum(int feature, float value, ReadOnlySpan<float> shares)
    {
        var weights = _handcrafted.AsSpan(feature * Stride, Outputs);
        var sum = 0f;
        for (var output = 0; output < Outputs; output++)
            sum += shares[output] * weights[output];
        return value * sum;
    }

    /// <summary>The same for a hashed feature; `norm` is the norm of the text's known features.</summary>
    public float HashedSum(uint hash, float norm, ReadOnlySpan<float> shares)
    {
        var row = _table.RowOf(hash);
        if (row < 0 || norm == 0)
            return 0;
        var weights = _weights.Rows.AsSpan(row * Stride, Outputs);
        var sum = 0f;
        for (var output = 0; output < Outputs; output++)
            sum += shares[output] * weights[output];
        return _idf[row] * _scales[row] / norm * sum;
    }

    /// <summary>Euclidean norm of the features the model knows.</summary>
    public float NormOf(FeatureBuffer features)
    {
        var squares = 0f;
        foreach (var hash in features.Hashes)
        {
            var row = _table.RowOf(hash);
            if (row >= 0)
                squares += _idf[row] * _idf[row];
        }

        return MathF.Sqrt(squares);
    }

    public bool Knows(uint hash) => _table.RowOf(hash) >= 0;

    private static Vector128<float> Widened(int fourWeights)
    {
        var bytes = Vector128.CreateScalarUnsafe(fourWeights).AsSByte();
        return Vector128.ConvertToSingle(Vector128.WidenLower(Vector128.WidenLower(bytes)));
    }

    private static float Mean(ReadOnlySpan<float> values)
    {
        var sum = 0f;
        foreach (var value in values)
            sum += value;
        return sum / values.Length;
    }
}
