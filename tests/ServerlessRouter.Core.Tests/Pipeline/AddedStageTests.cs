using ServerlessRouter.Chat;
using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Testing.Models;
using ServerlessRouter.Testing.Suites;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.Core.Tests.Pipeline;

/// <summary>Stages that a host adds to the router's.</summary>
public sealed class AddedStageTests
{
    private readonly RouterModel _model = new RouterBuilder().Model("mini").Model("large").Route("auto", static route => route.Candidates("mini", "large")).Build();

    [Fact]
    public async Task Answer_StageInEachPlace_SeesWhatTheStagesBeforeItFound()
    {
        var seen = new List<(StagePlace Place, bool HasRoute, bool HasProfile, bool HasPlan)>();
        await using var router = Router([.. Enum.GetValues<StagePlace>().Reverse().Select(place => new AddedStage(place, new Passing(context => seen.Add((place, context.Route is not null, context.Profile is not null, context.Plan is not null)))))]);

        var outcome = await AnswerAsync(router);

        Assert.IsType<ChatOutcome.Completed>(outcome).Answer.Dispose();
        Assert.Equal(
            [(StagePlace.Outermost, false, false, false), (StagePlace.AfterRecording, false, false, false), (StagePlace.AfterAdmission, true, false, false), (StagePlace.AfterClassification, true, true, false), (StagePlace.AfterRouting, true, true, true)],
            seen);
    }

    [Fact]
    public async Task Answer_StagesInOnePlace_AreAskedInTheirOrder()
    {
        var seen = new List<int>();
        await using var router = Router([.. Enumerable.Range(0, 3).Select(number => new AddedStage(StagePlace.AfterAdmission, new Passing(_ => seen.Add(number))))]);

        Assert.IsType<ChatOutcome.Completed>(await AnswerAsync(router)).Answer.Dispose();

        Assert.Equal([0, 1, 2], seen);
    }

    [Fact]
    public async Task Plan_StagesThatDecide_AreAskedToo()
    {
        var seen = new List<StagePlace>();
        await using var router = Router([.. Enum.GetValues<StagePlace>().Select(place => new AddedStage(place, new Passing(_ => seen.Add(place))))]);
        using var request = ScannedRequest.Of(ChatBodies.Plain("Hello", "auto"));
        var context = new RequestContext("r1", _model, request, new CallerHeaders(), TimeProvider.System.GetTimestamp());

        Assert.Null(await router.Pipeline.PlanAsync(context, default));

        Assert.Equal([StagePlace.AfterRecording, StagePlace.AfterAdmission, StagePlace.AfterClassification, StagePlace.AfterRouting], seen);
        Assert.NotNull(context.Plan);
    }

    [Fact]
    public async Task Answer_StageThatRefuses_EndsTheRequestAndIsRecorded()
    {
        var told = new List<RouterErrorCode?>();
        await using var router = Router([new AddedStage(StagePlace.AfterRecording, new Refusing())], new Listening(context => told.Add(context.Error?.Code)));

        var failed = Assert.IsType<ChatOutcome.Failed>(await AnswerAsync(router));

        Assert.Equal("Not today.", failed.Error.Message);
        Assert.Equal([RouterErrorCode.PermissionDenied], told);
    }

    private RouterServices Router(AddedStage[] stages, IRequestListener? listener = null) =>
        RouterServices.Create(new RouterServicesOptions { Models = new RouterModelSource(_model), Stages = stages, Listener = listener });

    private async Task<ChatOutcome> AnswerAsync(RouterServices router)
    {
        using var request = ScannedRequest.Of(ChatBodies.Plain("Hello", "auto"));
        return await router.Pipeline.InvokeAsync(new RequestContext("r1", _model, request, new CallerHeaders(), TimeProvider.System.GetTimestamp()), default);
    }

    private sealed class Passing(Action<RequestContext> look) : IRequestStage
    {
        public ValueTask<ChatOutcome> InvokeAsync(RequestContext context, NextRequestStage next, CancellationToken cancellationToken)
        {
            look(context);
            return next(context, cancellationToken);
        }
    }

    private sealed class Refusing : IRequestStage
    {
        public ValueTask<ChatOutcome> InvokeAsync(RequestContext context, NextRequestStage next, CancellationToken cancellationToken) =>
            new(new ChatOutcome.Failed(new RouterError(RouterErrorCode.PermissionDenied, "Not today.")));
    }

    private sealed class Listening(Action<RequestContext> tell) : IRequestListener
    {
        public void OnSettled(RequestContext context) => tell(context);
    }
}
