using ServerlessRouter.Training.Evaluation;
using Xunit;

namespace ServerlessRouter.Core.Tests.Training;

/// <summary>The figures of difficulty against values worked out by hand.</summary>
public sealed class FailureCurveTests
{
    [Fact]
    public void Figures_HardestFail_IsAllRight() => AssertFigures([100, 0, 0], [0, 0, 1, 1], [0, 0, 1, 1]);

    [Fact]
    public void Figures_TurnedRound_IsAllWrong() => AssertFigures([0, 1, 1], [1, 1, 0, 0], [0, 0, 1, 1]);

    [Fact]
    public void Figures_AllLevelAtTheMean_RanksByLotAndIsCalibrated()
    {
        double[] truth = [.. Enumerable.Range(0, 40).Select(static row => row % 2)];

        AssertFigures([50, 0.25, 0], [.. Enumerable.Repeat(0.5, 40)], truth);
    }

    /// <summary>A prompt at which half the models fail is half a failure: 0.5 · 0 pairs below, and 1 · 0.5 above it.</summary>
    [Fact]
    public void Figures_HalfAFailure_CountsAsHalf() => AssertFigures([100 * (0.125 + 0.5) / (1.5 * 0.5), 0.125, 0.25], [0.0, 1.0], [0.5, 1.0]);

    [Fact]
    public void Figures_RowCountedTwice_IsTwoRows()
    {
        var twice = new FailureCurve([0.2, 0.9], [1, 0], [0, 0]).Figures([2, 1]);

        Assert.Equal(new FailureCurve([0.2, 0.2, 0.9], [1, 1, 0], [0, 0, 0]).Figures([1, 1, 1]), twice);
    }

    /// <summary>Left out whole, a hard task is foreseen from easy ones and the other way round: pooled, the best order would look turned round.</summary>
    [Fact]
    public void Figures_FoldsOfOtherScales_AreRankedEachForItself()
    {
        var figures = new FailureCurve([0.1, 0.2, 0.8, 0.9], [0, 1, 0, 1], [0, 0, 1, 1]).Figures([1, 1, 1, 1]);

        Assert.Equal(100, figures[0]);
    }

    private static void AssertFigures(double[] expected, double[] answers, double[] truth)
    {
        var figures = new FailureCurve(answers, truth, new int[truth.Length]).Figures(Bootstrap.Once(truth.Length));

        for (var figure = 0; figure < expected.Length; figure++)
            Assert.Equal(expected[figure], figures[figure], 9);
    }
}
