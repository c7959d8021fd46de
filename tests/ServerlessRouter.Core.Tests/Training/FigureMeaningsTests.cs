using ServerlessRouter.Training.Evaluation;
using Xunit;

namespace ServerlessRouter.Core.Tests.Training;

public class FigureMeaningsTests
{
    [Theory]
    [InlineData("in-scope accuracy", "share of the rows with a label of yours")]
    [InlineData("accuracy", "share of the rows that get their label")]
    [InlineData("difficulty, ranked right", "put into the right order")]
    [InlineData("rule of thumb, calibration error", "in groups of prompts foreseen alike")]
    public void Find_Metric_ByTheEndOfItsName(string metric, string meaning) => Assert.Contains(meaning, FigureMeanings.Find(metric), StringComparison.Ordinal);

    [Fact]
    public void Of_Figures_TellsTheColumnsAndThoseFiguresAlone()
    {
        var names = FigureMeanings.Of([Figure("rows left out", "APGR"), Figure("tasks left out", "APGR")]).Select(static entry => entry.Name);

        Assert.Equal(["result", "random", "length", "oracle", "sd", "APGR"], names);
    }

    private static EvaluationFigure Figure(string set, string metric) =>
        new() { Set = set, Metric = metric, Unit = FigureUnit.Ratio, Result = 0, Random = 0, Length = 0, Oracle = 0, Deviation = 0 };
}
