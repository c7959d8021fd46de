using System.Text.Json.Nodes;
using ServerlessRouter.Errors;
using ServerlessRouter.Jobs;
using ServerlessRouter.Testing.Upstreams;
using Xunit;

namespace ServerlessRouter.Core.Tests.Jobs;

/// <summary>A single request that is cancelled while the vendor is at work on it.</summary>
public sealed class RequestJobCancelTests
{
    private static readonly Reply Halting = Reply.Stream("One ", "two ", "three ", "four.").HangAt(ReplyPoint.AfterChunk(3));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Cancel_CallUnderWay_BreaksItOffAndRecordsItOnce(bool isAtAnotherInstance)
    {
        await using var scene = await RequestScene.StartAsync(static route => route.Candidates("a", "b"), "a", "b");
        scene.Vendor("a").Next(Halting);
        var submitted = await scene.SubmitAsync();
        var state = await scene.Steps.LookAtRequestAsync(submitted.Id, default);
        var calling = scene.Steps.StepRequestAsync(state.Order(state.Next(scene.Time.GetUtcNow())), default).AsTask();
        await scene.Vendor("a").WaitForRequestAsync();

        if (isAtAnotherInstance)
            scene.Restart(static route => route.Candidates("a", "b"), "a", "b");
        await scene.CancelAsync(submitted.Id);
        if (isAtAnotherInstance)
            scene.Time.Advance(JobOptions.DefaultTakenBackRecheck);
        await scene.Vendor("a").WaitForAbortAsync();
        await calling;
        await scene.RunAsync(submitted.Id);
        Assert.True((await scene.Steps.FinishAsync(submitted.Id, default)).IsDone);

        var (job, item) = (await scene.FindAsync(submitted.Id), await scene.ItemAsync(submitted.Id));
        Assert.Equal((JobStatus.Cancelled, ItemState.Cancelled), (job.Status, item.State));
        Assert.Equal((1, 0, 1), (scene.Calls("a"), scene.Calls("b"), scene.Records));
        var record = Assert.IsType<JsonObject>(await scene.RecordAsync(submitted.Id));
        Assert.Equal((499, job.Tally.CostUsd), ((int)record["status"]!, (decimal)record["cost"]!));
        Assert.Equal("client_left", (string?)Assert.Single(record["attempts"]!.AsArray())!["outcome"]);
    }

    [Fact]
    public async Task Cancel_AnotherRequestIsUnderWay_LetsItGoOn()
    {
        await using var scene = await RequestScene.StartAsync(static route => route.Candidates("a"), "a");
        var gate = new Gate();
        scene.Vendor("a").Next(Reply.Text("Here.").HoldAt(ReplyPoint.BeforeHeaders, gate));
        var (kept, cancelled) = (await scene.SubmitAsync(), await scene.SubmitAsync());
        var state = await scene.Steps.LookAtRequestAsync(kept.Id, default);
        var calling = scene.Steps.StepRequestAsync(state.Order(state.Next(scene.Time.GetUtcNow())), default).AsTask();
        await scene.Vendor("a").WaitForRequestAsync();

        await scene.CancelAsync(cancelled.Id);
        gate.Open();
        await calling;
        var (job, _, body) = await scene.EndOfAsync(kept.Id);

        Assert.Equal((JobStatus.Completed, "Here."), (job.Status, RequestScene.TextOf(body)));
    }

    [Fact]
    public async Task Cancel_ItemHasJustEnded_IsAConflictAndTheAnswerStays()
    {
        await using var scene = await RequestScene.StartAsync(static route => route.Candidates("a"), "a");
        scene.Vendor("a").Next(Reply.Text("Here."));
        var submitted = await scene.SubmitAsync();
        await scene.RunAsync(submitted.Id);

        var refused = await scene.TryCancelAsync(submitted.Id);
        var (job, _, body) = await scene.EndOfAsync(submitted.Id);

        Assert.Equal(RouterErrorCode.Conflict, refused.Error!.Code);
        Assert.Equal((JobStatus.Completed, "Here."), (job.Status, RequestScene.TextOf(body)));
    }
}
