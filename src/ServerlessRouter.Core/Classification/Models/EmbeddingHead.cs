using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using ServerlessRouter.Classification.Features;
using ServerlessRouter.Domain;

namespace ServerlessRouter.Classification.Models;

/// <summary>Tells tasks from vectors: a linear function of the vector's direction, learnt from a team's own labels.</summary>
/// <remarks>Sums run over the vector in its order for each output, so every machine and vector width gives the same bits.</remarks>
internal sealed class EmbeddingHead
{
    /// <summary>Below this confidence the task counts as unknown, as with the classifier that ships.</summary>
    public const float AbstainBelow = 0.4f;

    /// <summary>The configured name of the model whose vectors it was trained on.</summary>
    public required string Model { get; init; }

    /// <summary>How many numbers those vectors have.</summary>
    public required int Dimensions { get; init; }

    /// <summary>The task of each output.</summary>
    public required TaskKind[] Tasks { get; init; }

    /// <summary>For each number of the vector a weight for each output, padded to a multiple of four.</summary>
    public required float[] Rows { get; init; }

    public required float[] Bias { get; init; }

    public required float Temperature { get; init; }

    /// <summary>How much the vector counts beside the words, 0 to 1.</summary>
    public required float Share { get; init; }

    public int Stride => LinearWeights.StrideOf(Tasks.Length);

    /// <summary>Mixes into the probabilities of all tasks what the vector says of them.</summary>
    public void Mix(ReadOnlySpan<float> vector, Span<float> probabilities)
    {
        Span<float> scores = stackalloc float[LinearWeights.StrideOf(TaskKinds.Count)];
        scores = scores[..Stride];
        Score(Rows, Bias, vector, scores);
        scores = scores[..Tasks.Length];
        PortableMath.Softmax(scores, Temperature);
        for (var kind = 0; kind < probabilities.Length; kind++)
            probabilities[kind] *= 1 - Share;
        for (var output = 0; output < Tasks.Length; output++)
            probabilities[(int)Tasks[output]] += Share * scores[output];
    }

    /// <summary>Fills the scores, as many as the bias has numbers, for the direction of a vector; its length does not matter, and one of zeros only has the bias.</summary>
    public static void Score(float[] rows, float[] bias, ReadOnlySpan<float> vector, Span<float> scores)
    {
        var sums = MemoryMarshal.Cast<float, Vector128<float>>(scores);
        sums.Clear();
        var squares = 0.0;
        for (var place = 0; place < vector.Length; place++)
        {
            squares += (double)vector[place] * vector[place];
            var value = Vector128.Create(vector[place]);
            var weights = MemoryMarshal.Cast<float, Vector128<float>>(rows.AsSpan(place * bias.Length, bias.Length));
            for (var four = 0; four < sums.Length; four++)
                sums[four] += weights[four] * value;
        }

        var norm = Vector128.Create(squares > 0 ? (float)(1 / Math.Sqrt(squares)) : 0);
        var biases = MemoryMarshal.Cast<float, Vector128<float>>(bias.AsSpan());
        for (var four = 0; four < sums.Length; four++)
            sums[four] = (sums[four] * norm) + biases[four];
    }
}
