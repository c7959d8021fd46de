using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace ServerlessRouter.Classification.Models;

/// <summary>The hashed weights of a linear model as scoring reads them: all that belongs to a feature stands together, so that a feature costs one cache line or two.</summary>
/// <remarks>Outputs are summed sixteen at a time, each over the features in their order, so the width of the machine's vectors does not change a bit of the result.</remarks>
internal sealed class WeightRows
{
    /// <summary>Outputs that are summed together.</summary>
    public const int BlockOutputs = 16;

    private const int IdfAt = 0;
    private const int FactorAt = 1;
    private const int WeightsAt = 2;
    private const int BlockLength = BlockOutputs / sizeof(int);

    private readonly int[] _rows;
    private readonly int _length;

    public WeightRows(LinearWeights weights)
    {
        var stride = LinearWeights.StrideOf(weights.Outputs);
        _length = WeightsAt + (BlocksOf(weights.Outputs) * BlockLength);
        _rows = new int[weights.Keys.Length * _length];
        for (var row = 0; row < weights.Keys.Length; row++)
        {
            var idf = (float)weights.Idf[row];
            var written = _rows.AsSpan(row * _length, _length);
            written[IdfAt] = BitConverter.SingleToInt32Bits(idf);
            written[FactorAt] = BitConverter.SingleToInt32Bits(idf * (float)weights.Scales[row]);
            weights.Rows.AsSpan(row * stride, stride).CopyTo(MemoryMarshal.Cast<int, sbyte>(written[WeightsAt..]));
        }
    }

    public static int BlocksOf(int outputs) => (outputs + BlockOutputs - 1) / BlockOutputs;

    /// <summary>Adds the squares of what these features say by being rare, one after the other.</summary>
    public float AddSquares(float sum, ReadOnlySpan<int> rows)
    {
        foreach (var row in rows)
        {
            var idf = BitConverter.Int32BitsToSingle(_rows[(row * _length) + IdfAt]);
            sum += idf * idf;
        }

        return sum;
    }

    /// <summary>Adds the weights of these features to the outputs of a block, one feature after the other.</summary>
    public Vector512<float> AddWeights(Vector512<float> sums, int block, ReadOnlySpan<int> rows)
    {
        var at = WeightsAt + (block * BlockLength);
        foreach (var row in rows)
        {
            ReadOnlySpan<int> numbers = _rows.AsSpan(row * _length, _length);
            var factor = BitConverter.Int32BitsToSingle(numbers[FactorAt]);
            sums += Widened(Vector128.Create(numbers.Slice(at, BlockLength)).AsSByte()) * Vector512.Create(factor);
        }

        return sums;
    }

    private static Vector512<float> Widened(Vector128<sbyte> weights) =>
        Vector512.ConvertToSingle(Vector512.WidenLower(Vector512.WidenLower(weights.ToVector256Unsafe().ToVector512Unsafe())));
}
