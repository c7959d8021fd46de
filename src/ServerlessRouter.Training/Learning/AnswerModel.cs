using ServerlessRouter.Classification.Answers;
using ServerlessRouter.Classification.Features;

namespace ServerlessRouter.Training.Learning;

/// <summary>How likely an answer is right, from what shows in it and from the shape of its prompt.</summary>
/// <remarks>The cue words of tasks are left out: they say nothing about an answer, and who adds some would change every check of answers.</remarks>
/// <param name="weights">One for each answer feature, then one for each feature of the prompt's shape, then the bias.</param>
internal sealed class AnswerModel(float[] weights)
{
    public static int Inputs => AnswerFeatures.Count + HandcraftedFeatures.ShapeCount + 1;

    public float[] Weights => weights;

    public float Acceptable(ReadOnlySpan<byte> prompt, ReadOnlySpan<byte> response)
    {
        Span<float> inputs = stackalloc float[Inputs];
        Read(prompt, response, inputs);
        var sum = 0f;
        for (var place = 0; place < inputs.Length; place++)
            sum += inputs[place] * weights[place];
        return (float)PortableMath.Sigmoid(sum);
    }

    public static void Read(ReadOnlySpan<byte> prompt, ReadOnlySpan<byte> response, Span<float> inputs)
    {
        AnswerFeatures.Read(prompt, response, inputs[..AnswerFeatures.Count]);
        var features = FeatureBuffer.OfThread;
        FeatureExtractor.Extract(prompt, FeatureGroups.None, features);
        features.Handcrafted[..HandcraftedFeatures.ShapeCount].CopyTo(inputs[AnswerFeatures.Count..]);
        inputs[^1] = 1;
    }
}
