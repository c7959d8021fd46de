namespace ServerlessRouter.Classification.Models;

/// <summary>How it is foreseen that the typical model of a pool fails at a text.</summary>
/// <param name="HeadsShare">For familiar text: how much the heads count, the rest being the table by task.</param>
/// <param name="RuleMean">Mean of the rule of thumb over the graded rows. Unfamiliar text counts as much harder than what was graded as the rule finds it harder than this.</param>
/// <param name="Trust">How familiar a text is.</param>
internal sealed record DifficultyWeights(float HeadsShare, float RuleMean, TrustCurve Trust)
{
    /// <summary>Share of its tries at which a typical model with these qualities fails.</summary>
    public static float FailureOf(ReadOnlySpan<float> quality)
    {
        var sum = 0f;
        foreach (var value in quality)
            sum += value;
        return 1 - (sum / quality.Length);
    }

    /// <summary>0 easy to 1 hard, from what the parts say, the failures over all graded rows and the rule of thumb.</summary>
    public float Of(in ForeseenFailure foreseen, float meanFailure, float ruleOfThumb)
    {
        var familiar = (HeadsShare * foreseen.Heads) + ((1 - HeadsShare) * foreseen.Table);
        var unfamiliar = Math.Clamp(meanFailure + ruleOfThumb - RuleMean, 0, 1);
        var trust = Trust.At(foreseen.Familiarity);
        return Math.Clamp((trust * familiar) + ((1 - trust) * unfamiliar), 0, 1);
    }
}

/// <summary>How often the typical model fails at a text, by the parts of an outcome model.</summary>
/// <param name="Heads">By words and shape.</param>
/// <param name="Table">By task.</param>
/// <param name="Familiarity">How much the text is like those that were graded.</param>
internal readonly record struct ForeseenFailure(float Heads, float Table, Familiarity Familiarity);
