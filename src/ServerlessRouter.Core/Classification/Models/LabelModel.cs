using ServerlessRouter.Classification.Features;

namespace ServerlessRouter.Classification.Models;

/// <summary>Tells which of several labels a text has, how sure it is, and when it had better say nothing.</summary>
internal sealed class LabelModel(LinearModel linear, string[] labels, float temperature, float abstainBelow)
{
    /// <summary>The label of examples that belong to none of the others.</summary>
    public const string OutOfScope = "oos";

    /// <summary>With this many known features half of the model's opinion counts; the other half says that all labels are alike.</summary>
    private const float HalfEvidence = 1.5f;

    private const int MaxOnStack = 256;

    public LinearModel Linear => linear;

    public ReadOnlySpan<string> Labels => labels;

    public float Temperature => temperature;

    /// <summary>The confidence under which it abstains.</summary>
    public float AbstainBelow => abstainBelow;

    public int OutOfScopeLabel { get; } = Array.IndexOf(labels, OutOfScope);

    /// <summary>Fills `probabilities`, one a label in order, from features extracted with the model's groups.</summary>
    public LabelDecision Decide(FeatureBuffer features, Span<float> probabilities)
    {
        Span<float> scores = linear.Stride <= MaxOnStack ? stackalloc float[linear.Stride] : new float[linear.Stride];
        var known = linear.Score(features, scores);
        scores = scores[..labels.Length];
        PortableMath.Softmax(scores, temperature);
        var evidence = known / (known + HalfEvidence) * Readable(features);
        var rest = (1 - evidence) / labels.Length;
        var best = 0;
        for (var label = 0; label < labels.Length; label++)
        {
            probabilities[label] = evidence * scores[label] + rest;
            if (probabilities[label] > probabilities[best])
                best = label;
        }

        return new LabelDecision(best, probabilities[best], best == OutOfScopeLabel || probabilities[best] < abstainBelow);
    }

    /// <summary>A model that reads Latin letters alone trusts itself less the more of the text it cannot read.</summary>
    private float Readable(FeatureBuffer features)
    {
        if ((linear.Groups & FeatureGroups.AnyScript) != 0)
            return 1;
        var foreign = features.Handcrafted[(int)HandcraftedFeature.NonLatinShare];
        return features.WordCount >= EnoughWords ? 1 - foreign / 2 : 1 - foreign;
    }

    /// <summary>Words in Latin letters that may well be an instruction about the rest, such as "Translate into English:".</summary>
    private const int EnoughWords = 3;
}

/// <summary>The likeliest label by its number, its probability, and whether the model would rather not say.</summary>
internal readonly record struct LabelDecision(int Label, float Confidence, bool Abstained);
