using ServerlessRouter.Classification.Features;
using ServerlessRouter.Classification.Learning;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Classification;

/// <summary>Predicts quality with a trained outcome model, its models brought into the configuration's order.</summary>
internal sealed class OutcomeQuality(OutcomeModel model, IReadOnlyList<string> configured) : IQualityPredictor
{
    private const int MostOnStack = 64;

    /// <summary>For each configured model its place among the trained ones; -1 for one never graded.</summary>
    private readonly int[] _places = [.. configured.Select(name => model.Models.IndexOf(name))];

    public float Predict(ReadOnlySpan<byte> utf8Text, Span<float> quality)
    {
        var features = FeatureBuffer.OfThread;
        FeatureExtractor.Extract(utf8Text, model.Heads.Groups, features);
        var count = model.Models.Length;
        Span<float> trained = count <= MostOnStack ? stackalloc float[count] : new float[count];
        var trust = model.Predict(features, trained);
        for (var place = 0; place < quality.Length; place++)
            quality[place] = _places[place] < 0 ? float.NaN : trained[_places[place]];
        return trust;
    }
}
