using ServerlessRouter.Classification.Models;

namespace ServerlessRouter.Training.Learning;

/// <summary>What parts that had not seen a row said of how often models fail at it, and how many did.</summary>
/// <param name="Truth">Share of failures; models that were not graded on the row fail as often as they do in the mean.</param>
/// <param name="Foreseen">By the parts.</param>
/// <param name="Mean">Share of failures over all other rows.</param>
/// <param name="RuleOfThumb">The rule of thumb.</param>
/// <param name="RuleMean">Its mean over the other rows.</param>
internal readonly record struct HeldOutDifficulty(float Truth, ForeseenFailure Foreseen, float Mean, float RuleOfThumb, float RuleMean)
{
    public static HeldOutDifficulty Of(HeldOutOutcome row, float ruleOfThumb, float ruleMean)
    {
        float missed = 0, graded = 0;
        for (var model = 0; model < row.Quality.Length; model++)
        {
            if (float.IsNaN(row.Quality[model]))
                continue;
            missed += row.Means[model] - row.Quality[model];
            graded++;
        }

        var mean = DifficultyWeights.FailureOf(row.Means);
        var foreseen = new ForeseenFailure(DifficultyWeights.FailureOf(row.Heads), DifficultyWeights.FailureOf(row.Table), row.Familiarity);
        return new HeldOutDifficulty(graded == 0 ? mean : mean + (missed / graded), foreseen, mean, ruleOfThumb, ruleMean);
    }

    /// <summary>What a model with this share of heads and this trust would have answered.</summary>
    public float Answer(float headsShare, TrustCurve trust) => new DifficultyWeights(headsShare, RuleMean, trust).Of(Foreseen, Mean, RuleOfThumb);

    public double ErrorOf(float answer) => ((double)answer - Truth) * (answer - Truth);

    /// <summary>How the error depends on trust.</summary>
    public TrustSlope Slope(float headsShare, double weight)
    {
        double unfamiliar = Math.Clamp(Mean + RuleOfThumb - RuleMean, 0, 1), step = (headsShare * Foreseen.Heads) + ((1 - headsShare) * Foreseen.Table) - unfamiliar;
        return new TrustSlope((Truth - unfamiliar) * step, step * step, Foreseen.Familiarity.Coverage, Foreseen.Familiarity.TaskConfidence, weight);
    }
}
