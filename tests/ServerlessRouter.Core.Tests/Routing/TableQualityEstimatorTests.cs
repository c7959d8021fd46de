using System.Collections.Immutable;
using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Routing;
using ServerlessRouter.Testing.Models;
using Xunit;

namespace ServerlessRouter.Core.Tests.Routing;

public sealed class TableQualityEstimatorTests
{
    private static readonly LanguageModel Model = new RouterBuilder()
        .Model("m", model => model.Quality(0.5f).Quality(TaskKind.Code, 0.9f).Quality(TaskKind.Math, 0.1f)).Build().Models[0];

    [Fact]
    public void Estimate_NothingClassified_Default() => Assert.Equal(0.5f, Estimate(new()));

    [Fact]
    public void Estimate_TaskKnownWithoutProbabilities_Table() => Assert.Equal(0.9f, Estimate(new() { Task = TaskKind.Code }));

    [Fact]
    public void Estimate_SeveralTasksPossible_MeanByProbability() =>
        Assert.Equal((0.75f * 0.9f) + (0.25f * 0.1f), Estimate(new() { Task = TaskKind.Code, TaskProbabilities = Probabilities(0.75f, 0.25f) }), 5);

    [Fact]
    public void Estimate_ProbabilitiesDoNotAddUp_AreNormalised() =>
        Assert.Equal(0.5f, Estimate(new() { TaskProbabilities = Probabilities(0.1f, 0.1f) }), 5);

    [Fact]
    public void Estimate_AllProbabilitiesZero_Default() => Assert.Equal(0.5f, Estimate(new() { TaskProbabilities = Probabilities(0, 0) }));

    [Theory]
    [InlineData(0.5f)]
    [InlineData(1f)]
    [InlineData(7f)]
    public void Estimate_HardRequest_CostsTheWeakModelMore(float difficulty)
    {
        var weakLoss = 1 - (Estimate(new() { Task = TaskKind.Math, Difficulty = difficulty }) / 0.1f);
        var strongLoss = 1 - (Estimate(new() { Task = TaskKind.Code, Difficulty = difficulty }) / 0.9f);

        Assert.InRange(strongLoss, 0.0001, weakLoss);
        Assert.InRange(weakLoss, strongLoss, QualityByDifficulty.Weight);
    }

    private static ImmutableArray<float> Probabilities(float code, float math) => [code, math, 0, 0, 0, 0, 0, 0, 0, 0];

    private static float Estimate(RequestProfile profile) => new TableQualityEstimator().Estimate(Model, profile);
}
