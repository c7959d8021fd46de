using ServerlessRouter.Classification.Models;

namespace ServerlessRouter.Training.Learning;

/// <summary>Finds how far graded outcomes tell the difficulty of a text better than the rule of thumb does.</summary>
internal static class DifficultyFitter
{
    /// <param name="seen">Rows left out by lot.</param>
    /// <param name="unseen">Rows left out by whole tasks; empty where there are too few.</param>
    /// <param name="ruleMean">Mean of the rule of thumb over all rows.</param>
    public static DifficultyWeights Fit(IReadOnlyList<HeldOutDifficulty> seen, IReadOnlyList<HeldOutDifficulty> unseen, float ruleMean)
    {
        var headsShare = OutcomeTrainer.Shares.MinBy(share => seen.Sum(row => row.ErrorOf((share * row.Foreseen.Heads) + ((1 - share) * row.Foreseen.Table))));
        if (unseen.Count == 0)
            return new DifficultyWeights(headsShare, ruleMean, OutcomeTrainer.UntestedTrust);
        var fitted = TrustFitter.Descend(
            [.. seen.Select(row => row.Slope(headsShare, 1.0 / seen.Count)), .. unseen.Select(row => row.Slope(headsShare, 1.0 / unseen.Count))]);

        double ErrorUnder(TrustCurve trust) => unseen.Sum(row => row.ErrorOf(row.Answer(headsShare, trust)));

        var bearable = ErrorUnder(TrustFitter.None) * (1 + OutcomeTrainer.BearableLoss);
        return new DifficultyWeights(headsShare, ruleMean, TrustFitter.Lower(fitted, trust => ErrorUnder(trust) > bearable));
    }

    /// <summary>The rows held out, with the rule of thumb and its mean over the rows that were not.</summary>
    public static List<HeldOutDifficulty> Rows(IReadOnlyList<HeldOutOutcome> heldOut, int[] foldOf, float[] ruleOfThumb)
    {
        var means = foldOf.Distinct().ToDictionary(fold => fold, fold => ruleOfThumb.Where((_, row) => foldOf[row] != fold).DefaultIfEmpty().Average());
        return heldOut.Select(row => HeldOutDifficulty.Of(row, ruleOfThumb[row.Row], means[foldOf[row.Row]])).ToList();
    }
}
