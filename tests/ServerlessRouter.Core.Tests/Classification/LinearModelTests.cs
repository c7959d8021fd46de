using ServerlessRouter.Classification.Features;
using ServerlessRouter.Classification.Models;
using ServerlessRouter.Training.Rows;
using Xunit;

namespace ServerlessRouter.Core.Tests.Classification;

public sealed class LinearModelTests
{
    private const int Features = 700;

    /// <summary>Of one block of outputs, of exactly one, and of more.</summary>
    [Theory]
    [InlineData(3)]
    [InlineData(16)]
    [InlineData(37)]
    public void Score_AnyNumberOfOutputs_AddsUpEachInTheOrderOfTheFeatures(int outputs)
    {
        var weights = Weights(outputs);
        var model = new LinearModel(weights);
        var buffer = new FeatureBuffer();
        // Every other feature is unknown.
        var hashes = Enumerable.Range(0, Features).SelectMany(row => (uint[])[weights.Keys[row], weights.Keys[row] + 2]).ToArray();
        var handcrafted = Enumerable.Range(0, HandcraftedFeatures.Count).Select(static feature => feature % 3 / 7f).ToArray();
        buffer.Load(hashes, handcrafted);
        var scores = new float[model.Stride];

        Assert.Equal(Features, model.Score(buffer, scores));

        for (var output = 0; output < outputs; output++)
            Assert.Equal(OneByOne(weights, handcrafted, output), scores[output]);
    }

    private static float OneByOne(LinearWeights weights, float[] handcrafted, int output)
    {
        var stride = LinearWeights.StrideOf(weights.Outputs);
        float sum = 0, squares = 0;
        for (var row = 0; row < Features; row++)
        {
            var idf = (float)weights.Idf[row];
            squares += idf * idf;
            sum += weights.Rows[(row * stride) + output] * (idf * (float)weights.Scales[row]);
        }

        sum = (sum * (1 / MathF.Sqrt(squares))) + weights.Bias[output];
        for (var feature = 0; feature < handcrafted.Length; feature++)
            sum += weights.Handcrafted[(feature * stride) + output] * handcrafted[feature];
        return sum;
    }

    private static LinearWeights Weights(int outputs)
    {
        var stride = LinearWeights.StrideOf(outputs);
        var random = new SeededRandom(7);
        return new LinearWeights
        {
            Groups = FeatureGroups.Plain,
            Outputs = outputs,
            Keys = [.. Enumerable.Range(0, Features).Select(static row => ((uint)row * 4) + 1)],
            Idf = [.. Enumerable.Range(0, Features).Select(_ => (Half)(1 + random.Unit()))],
            Scales = [.. Enumerable.Range(0, Features).Select(_ => (Half)random.Unit())],
            Rows = [.. Enumerable.Range(0, Features * stride).Select(_ => (sbyte)(255 * random.Unit() - 127))],
            Handcrafted = [.. Enumerable.Range(0, HandcraftedFeatures.Count * stride).Select(_ => (float)random.Unit() - 0.5f)],
            Bias = [.. Enumerable.Range(0, stride).Select(_ => (float)random.Unit())],
        };
    }
}
