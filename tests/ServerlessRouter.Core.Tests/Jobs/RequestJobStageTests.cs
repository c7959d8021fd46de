using ServerlessRouter.Chat;
using ServerlessRouter.Dispatch;
using ServerlessRouter.Errors;
using ServerlessRouter.Jobs;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Testing.Upstreams;
using Xunit;

namespace ServerlessRouter.Core.Tests.Jobs;

/// <summary>A host's stages and a request that is answered in several steps: they are asked in the first, which plans it, and what they decided there holds to the end.</summary>
public sealed class RequestJobStageTests
{
    private static readonly Reply Busy = Reply.RateLimited().Header("Retry-After", "600");

    [Fact]
    public async Task Request_StagesOfTheHost_AreAskedOnceAndTheirDecisionHolds()
    {
        var asked = new List<StagePlace>();
        await using var scene = await SceneAsync([.. Enum.GetValues<StagePlace>().Select(place => new AddedStage(place, new Reversing(place, asked)))]);
        scene.Vendor("b").Next(Busy, Reply.Text("As the host decided."));
        scene.Vendor("a").Next(Busy);
        var submitted = await scene.SubmitAsync();
        await scene.RunAsync(submitted.Id, static step => step.Kind == DispatchStepKind.Wait);

        // Another process, whose host has the same stages, goes on.
        scene.Restart(static route => route.Candidates("a", "b"), "a", "b");
        var (job, item, body) = await scene.EndOfAsync(submitted.Id);

        Assert.Equal((JobStatus.Completed, "As the host decided."), (job.Status, RequestScene.TextOf(body)));
        Assert.Equal(["b", "a", "b"], item.RequestHistory!.Attempts.Select(static attempt => attempt.Model));
        Assert.Equal([StagePlace.AfterRecording, StagePlace.AfterAdmission, StagePlace.AfterClassification, StagePlace.AfterRouting], asked);
    }

    [Theory]
    [InlineData(StagePlace.AfterRecording)]
    [InlineData(StagePlace.AfterAdmission)]
    [InlineData(StagePlace.AfterClassification)]
    [InlineData(StagePlace.AfterRouting)]
    public async Task Request_StageOfTheHostRefuses_EndsWithItsErrorAndNoCall(StagePlace place)
    {
        await using var scene = await SceneAsync([new AddedStage(place, new Refusing())]);
        var submitted = await scene.SubmitAsync();

        var (_, item, body) = await scene.EndOfAsync(submitted.Id);

        Assert.Equal((403, "Not today."), (item.StatusCode, (string?)body["error"]!["message"]));
        Assert.Equal((0, 0), (scene.Calls("a"), scene.Calls("b")));
    }

    [Fact]
    public async Task Request_PlannedBeforeTheHostHadAStageThatRefuses_GoesOn()
    {
        await using var scene = await SceneAsync([]);
        scene.Vendor("a").Next(Busy);
        scene.Vendor("b").Next(Reply.Text("As it was planned."));
        var submitted = await scene.SubmitAsync();
        await scene.RunAsync(submitted.Id, static step => step.Candidate == 1);

        scene.Stages = [new AddedStage(StagePlace.AfterAdmission, new Refusing())];
        scene.Restart(static route => route.Candidates("a", "b"), "a", "b");
        var (_, _, body) = await scene.EndOfAsync(submitted.Id);

        Assert.Equal("As it was planned.", RequestScene.TextOf(body));
    }

    private static async Task<RequestScene> SceneAsync(AddedStage[] stages)
    {
        var scene = await RequestScene.StartAsync(static route => route.Candidates("a", "b"), "a", "b");
        scene.Stages = stages;
        scene.Restart(static route => route.Candidates("a", "b"), "a", "b");
        return scene;
    }

    /// <summary>Has the last candidate asked first, once there is a plan.</summary>
    private sealed class Reversing(StagePlace place, List<StagePlace> asked) : IRequestStage
    {
        public ValueTask<ChatOutcome> InvokeAsync(RequestContext context, NextRequestStage next, CancellationToken cancellationToken)
        {
            asked.Add(place);
            if (context.Plan is { } plan)
                context.Plan = plan with { Candidates = [.. plan.Candidates.Reverse()] };
            return next(context, cancellationToken);
        }
    }

    private sealed class Refusing : IRequestStage
    {
        public ValueTask<ChatOutcome> InvokeAsync(RequestContext context, NextRequestStage next, CancellationToken cancellationToken) =>
            new(new ChatOutcome.Failed(new RouterError(RouterErrorCode.PermissionDenied, "Not today.")));
    }
}
