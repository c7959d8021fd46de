using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Errors;
using ServerlessRouter.Lessons;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Testing.Models;
using ServerlessRouter.Testing.Time;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.Core.Tests.Lessons;

/// <summary>What answers and their grades teach.</summary>
public sealed class OnlineStatisticsTests
{
    private static readonly RequestProfile Coding = new() { Task = TaskKind.Code };

    private readonly RouterModel _router = new RouterBuilder().Model("mini", static model => model.Quality(0.5f)).Model("large").Model("third").Build();
    private readonly OnlineStatistics _lessons;

    public OnlineStatisticsTests() => _lessons = new OnlineStatistics(new RouterModelSource(_router), new ManualTimeProvider());

    private LanguageModel Mini => _router.Models[0];

    private LanguageModel Large => _router.Models[1];

    private LanguageModel Third => _router.Models[2];

    [Fact]
    public void Grade_FirstOne_MovesTheCorrectionAFiftiethOfTheSurprise()
    {
        Answer("r-1");

        var result = _lessons.Grade("r-1", null, 1)!;

        Assert.Equal(("mini", TaskKind.Code, FeedbackEffect.Counted), (result.Model, result.Task, result.Effect));
        Assert.Equal((0.5f, 0f, 0.01f), (result.Expected, result.Before, result.After));
        Assert.Equal(0.01f, _lessons.Corrections.At(Mini, TaskKind.Code));
        Assert.Equal(0.01f, _lessons.Corrections.Of(Mini, Coding));
    }

    [Theory]
    [InlineData(1, QualityCorrection.Most)]
    [InlineData(0, -QualityCorrection.Most)]
    public void Grade_FloodOfThem_StaysWithinBounds(float grade, float bound)
    {
        for (var number = 0; number < 1000; number++)
            Grade($"r-{number}", grade);

        Assert.Equal(bound, _lessons.Corrections.At(Mini, TaskKind.Code));
    }

    [Fact]
    public void Grade_AsExpected_MovesNothing()
    {
        for (var number = 0; number < 1000; number++)
            Grade($"r-{number}", 0.5f);

        Assert.Equal(0, _lessons.Corrections.At(Mini, TaskKind.Code));
    }

    [Fact]
    public void Grade_OneTask_LeavesTheOthers()
    {
        Grade("r-1", 1);

        Assert.Equal(0, _lessons.Corrections.At(Mini, TaskKind.Math));
        Assert.Equal(0, _lessons.Corrections.Of(Mini, new RequestProfile()));
        Assert.Equal(0.005f, _lessons.Corrections.Of(Mini, Coding with { TaskProbabilities = [0.5f, 0.5f, 0, 0, 0, 0, 0, 0, 0, 0] }));
    }

    [Fact]
    public void Grade_SecondGradeOfAnAnswer_DoesNotCount()
    {
        Grade("r-1", 1);

        var again = _lessons.Grade("r-1", null, 0)!;

        Assert.Equal((FeedbackEffect.GradedBefore, 0.01f, 0.01f), (again.Effect, again.Before, again.After));
    }

    [Fact]
    public void Grade_AnotherCallersAnswer_IsUnknown()
    {
        Answer("r-1", caller: "team-a");

        Assert.Null(_lessons.Grade("r-1", "team-b", 0));
        Assert.Null(_lessons.Grade("r-1", null, 0));
        Assert.NotNull(_lessons.Grade("r-1", "team-a", 0));
    }

    [Fact]
    public void Grade_AfterManyOtherAnswers_IsForgotten()
    {
        Answer("r-0");
        for (var number = 1; number <= RecentAnswers.Capacity; number++)
            Answer($"r-{number}");

        Assert.Null(_lessons.Grade("r-0", null, 1));
        Assert.NotNull(_lessons.Grade("r-1", null, 1));
    }

    [Fact]
    public void Grade_NameUsedTwice_GradesTheLatestAndIsNotForgottenWithTheFirst()
    {
        Answer("r-0");
        for (var number = 1; number < RecentAnswers.Capacity; number++)
            Answer($"r-{number}");
        Answer("r-1");
        Answer("r-new");

        Assert.NotNull(_lessons.Grade("r-1", null, 1));
    }

    [Fact]
    public void Follow_ConfigurationStillHasTheModel_WhatItTaughtStays()
    {
        Grade("r-1", 1);
        var reloaded = new RouterBuilder().Model("other").Model("mini").Build();

        _lessons.Follow(reloaded);

        Assert.Equal(0.01f, _lessons.Corrections.At(reloaded.ModelsByName["mini"], TaskKind.Code));
    }

    [Fact]
    public void Follow_ConfigurationHasNotTheModel_WhatItTaughtIsForgotten()
    {
        Grade("r-1", 1);

        _lessons.Follow(new RouterBuilder().Model("other").Build());

        var backAgain = new RouterBuilder().Model("mini").Build();
        _lessons.Follow(backAgain);
        Assert.Equal(0, _lessons.Corrections.At(backAgain.Models[0], TaskKind.Code));
    }

    [Theory]
    [InlineData(CorrectionMode.Frozen)]
    [InlineData(CorrectionMode.Off)]
    public void Grade_CorrectionsDoNotLearn_MovesNothing(CorrectionMode mode)
    {
        var lessons = new OnlineStatistics(new RouterModelSource(new RouterBuilder().Model("mini").Corrections(mode).Build()), new ManualTimeProvider());
        lessons.OnSettled(Answered("r-1", null, 10));

        Assert.Equal(FeedbackEffect.Frozen, lessons.Grade("r-1", null, 1)!.Effect);
        Assert.Equal(0, lessons.Corrections.At(Mini, TaskKind.Code));
    }

    [Theory]
    [InlineData(0.25, -0.005f)]
    [InlineData(1.0, 0.01f)]
    [InlineData(null, 0)]
    public void OnSettled_JudgeReadTheAnswer_ItsScoreIsAGrade(double? score, float expected)
    {
        var context = Answered("r-1", null, 10);
        context.Attempts.Add(context.Answered!);
        context.Answered!.Checks = [new CheckResult("judge", AnswerVerdict.Rejected("as the test wants", 0.5) with { Score = score })];

        _lessons.OnSettled(context);

        Assert.Equal(expected, _lessons.Corrections.At(Mini, TaskKind.Code), 6);
    }

    [Fact]
    public void OnSettled_FailedRequest_TeachesNothing()
    {
        var context = Answered("r-1", null, 500);
        context.Error = new RouterError(RouterErrorCode.UpstreamError, "cut");

        _lessons.OnSettled(context);

        Assert.Null(_lessons.Grade("r-1", null, 1));
        Assert.Equal(100, _lessons.Lengths.Expect(Mini, TaskKind.Code, 100));
    }

    [Fact]
    public void Expect_FewAnswers_StandsBetweenThemAndTheTypicalOne()
    {
        for (var number = 0; number < 5; number++)
            Answer($"r-{number}", tokens: 500);

        Assert.InRange(_lessons.Lengths.Expect(Mini, TaskKind.Code, 100), 300, 450);
        Assert.Equal(100, _lessons.Lengths.Expect(Mini, TaskKind.Math, 100));
    }

    [Fact]
    public void Expect_ModelNeverUsed_IsExpectedToAnswerAsLongAsTheOthersDo()
    {
        for (var number = 0; number < 100; number++)
            Answer($"r-{number}", tokens: 13);

        Assert.InRange(_lessons.Lengths.Expect(Large, TaskKind.Code, 300), 7, 26);
    }

    [Fact]
    public void Expect_ModelKnownToBeWordy_IsExpectedToBeSoAtOtherTasks()
    {
        for (var number = 0; number < 50; number++)
        {
            Answer($"a-{number}", tokens: 100);
            Answer($"b-{number}", tokens: 800, model: Large);
            Answer($"c-{number}", tokens: 20, task: TaskKind.Chat);
        }

        Assert.InRange(_lessons.Lengths.Expect(Large, TaskKind.Chat, 100), 20, 60);
        Assert.True(_lessons.Lengths.Expect(Large, TaskKind.Chat, 100) > 1.5 * _lessons.Lengths.Expect(Third, TaskKind.Chat, 100));
    }

    [Fact]
    public void Expect_AnswersThatBecameLonger_FollowsThem()
    {
        for (var number = 0; number < 200; number++)
            Answer($"a-{number}", tokens: 100);
        for (var number = 0; number < 200; number++)
            Answer($"b-{number}", tokens: 500);

        Assert.InRange(_lessons.Lengths.Expect(Mini, TaskKind.Code, 100), 470, 500);
    }

    private void Grade(string requestId, float grade)
    {
        Answer(requestId);
        Assert.NotNull(_lessons.Grade(requestId, null, grade));
    }

    private void Answer(string requestId, string? caller = null, int tokens = 10, LanguageModel? model = null, TaskKind task = TaskKind.Code) =>
        _lessons.OnSettled(Answered(requestId, caller, tokens, model, task));

    private RequestContext Answered(string requestId, string? caller, int tokens, LanguageModel? model = null, TaskKind task = TaskKind.Code)
    {
        var context = new RequestContext(requestId, _router, ScannedRequest.Of(ChatBodies.Plain()), new ListedHeaders(), receivedAt: 1)
        {
            CallerName = caller,
            Profile = Coding with { Task = task },
            Plan = new RoutePlan { Candidates = [new PlannedCandidate(model ?? Mini, 0.5f, 0, null, 0, "", false)], Exclusions = [], Objective = "cost" },
        };
        var attempt = new AttemptContext(context, model ?? Mini, DeploymentChoice.Fresh);
        attempt.End(2, null, new TokenUsage(10, tokens), 0);
        context.Answered = attempt;
        return context;
    }
}
