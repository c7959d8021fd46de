using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using ServerlessRouter.Classification.Features;

namespace ServerlessRouter.Classification.Models;

/// <summary>A linear function of hashed and handcrafted features with several outputs, its hashed weights in eight bits.</summary>
/// <remarks>Each output is summed over the features in their order, so the width of the machine's vectors does not change a bit of the result.</remarks>
internal sealed class LinearModel
{
    /// <summary>Hashed features that are looked up together.</summary>
    private const int Batch = 256;

    private const int MaxBlocksOnStack = 16;

    private readonly LinearWeights _weights;
    private readonly FeatureTable _table;
    private readonly WeightRows _rows;
    private readonly float[] _handcrafted;

    /// <summary>Bias and handcrafted weights in blocks of outputs: those of the first block for all features, then those of the second.</summary>
    private readonly Vector512<float>[] _bias;
    private readonly Vector512<float>[] _shapes;

    public LinearModel(LinearWeights weights)
    {
        _weights = weights;
        _table = new FeatureTable(weights.Keys);
        _rows = new WeightRows(weights);
        _handcrafted = weights.Handcrafted;
        _bias = InBlocks(weights.Bias);
        _shapes = InBlocks(weights.Handcrafted);
    }

    public int Outputs => _weights.Outputs;

    /// <summary>Length of the score span: the outputs, rounded up.</summary>
    public int Stride => LinearWeights.StrideOf(_weights.Outputs);

    public FeatureGroups Groups => _weights.Groups;

    public LinearWeights Weights => _weights;

    /// <summary>Fills `scores` (of length Stride) and returns how many of the hashed features the model knows.</summary>
    public int Score(FeatureBuffer features, Span<float> scores)
    {
        var blocks = _bias.Length;
        Span<Vector512<float>> sums = blocks <= MaxBlocksOnStack ? stackalloc Vector512<float>[blocks] : new Vector512<float>[blocks];
        sums.Clear();
        var known = AddHashed(features.Hashes, sums, out var squares);
        var norm = Vector512.Create(squares > 0 ? 1 / MathF.Sqrt(squares) : 0);
        var values = features.Handcrafted;
        for (var block = 0; block < blocks; block++)
        {
            var sum = sums[block] * norm + _bias[block];
            var shapes = _shapes.AsSpan(block * values.Length, values.Length);
            for (var feature = 0; feature < shapes.Length; feature++)
                sum += shapes[feature] * Vector512.Create(values[feature]);
            sums[block] = sum;
        }

        MemoryMarshal.Cast<Vector512<float>, float>(sums)[..Stride].CopyTo(scores);
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
        return (float)_weights.Idf[row] * (float)_weights.Scales[row] / norm * (weights[output] - (float)sum / Outputs);
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
        return (float)_weights.Idf[row] * (float)_weights.Scales[row] / norm * sum;
    }

    /// <summary>Euclidean norm of the features the model knows.</summary>
    public float NormOf(FeatureBuffer features)
    {
        var squares = 0f;
        foreach (var hash in features.Hashes)
        {
            var row = _table.RowOf(hash);
            if (row >= 0)
                squares += (float)_weights.Idf[row] * (float)_weights.Idf[row];
        }

        return MathF.Sqrt(squares);
    }

    public bool Knows(uint hash) => _table.RowOf(hash) >= 0;

    private int AddHashed(ReadOnlySpan<uint> hashes, Span<Vector512<float>> sums, out float squares)
    {
        Span<int> rows = stackalloc int[Batch];
        var known = 0;
        squares = 0f;
        while (!hashes.IsEmpty)
        {
            var batch = hashes[..Math.Min(Batch, hashes.Length)];
            hashes = hashes[batch.Length..];
            var found = rows[.._table.RowsOf(batch, rows)];
            known += found.Length;
            squares = _rows.AddSquares(squares, found);
            for (var block = 0; block < sums.Length; block++)
                sums[block] = _rows.AddWeights(sums[block], block, found);
        }

        return known;
    }

    /// <summary>Rows of floats, each as long as the stride, as blocks of sixteen outputs: the first block of every row, then the second.</summary>
    private Vector512<float>[] InBlocks(ReadOnlySpan<float> rows)
    {
        var (stride, blocks) = (Stride, WeightRows.BlocksOf(Outputs));
        var count = rows.Length / stride;
        var inBlocks = new Vector512<float>[count * blocks];
        for (var row = 0; row < count; row++)
        {
            for (var output = 0; output < stride; output++)
            {
                var place = (output / WeightRows.BlockOutputs * count) + row;
                inBlocks[place] = inBlocks[place].WithElement(output % WeightRows.BlockOutputs, rows[(row * stride) + output]);
            }
        }

        return inBlocks;
    }

    private static float Mean(ReadOnlySpan<float> values)
    {
        var sum = 0f;
        foreach (var value in values)
            sum += value;
        return sum / values.Length;
    }
}
