using ServerlessRouter.Classification.Models;
using ServerlessRouter.Training.Learning;
using Xunit;

namespace ServerlessRouter.Core.Tests.Training;

/// <summary>How far predictions are followed on tasks that were not graded.</summary>
public sealed class TrustFitterTests
{
    private static readonly TrustCurve Trusting = new(3, 0, 0);

    [Fact]
    public void NeverWorse_PredictionsMislead_LeavesThemNoHarm()
    {
        var unseen = Enumerable.Range(0, 20).Select(static row => Row(predicted: row % 2, actual: 1 - (row % 2))).ToList();

        var curve = TrustFitter.NeverWorse(Trusting, unseen, headsShare: 1);

        Assert.True(Error(unseen, Trusting) > Error(unseen, null), "the predictions do not mislead");
        Assert.InRange(Error(unseen, curve), 0, Error(unseen, null) * (1 + OutcomeTrainer.BearableLoss));
        Assert.InRange(curve.At(unseen[0].Familiarity), 0, 0.01f);
    }

    [Fact]
    public void NeverWorse_PredictionsHelp_StaysAsItIs()
    {
        var unseen = Enumerable.Range(0, 20).Select(static row => Row(predicted: row % 2, actual: row % 2)).ToList();

        Assert.Equal(Trusting, TrustFitter.NeverWorse(Trusting, unseen, headsShare: 1));
    }

    private static HeldOutOutcome Row(int predicted, int actual) => new(
        0, [predicted, 1 - predicted], [0.5f, 0.5f], [0.5f, 0.5f], [0.5f, 0.5f], [actual, 1 - actual], new Familiarity(0.5f, 0.5f, 1));

    private static double Error(List<HeldOutOutcome> rows, TrustCurve? curve) => rows.Sum(row => row.ErrorOf(curve is { } trust ? row.Answer(1, 0, trust) : row.Means));
}
