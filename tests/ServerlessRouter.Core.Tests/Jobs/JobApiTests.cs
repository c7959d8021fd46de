using ServerlessRouter.Errors;
using ServerlessRouter.Jobs;
using ServerlessRouter.State;
using ServerlessRouter.State.Memory;
using ServerlessRouter.Testing;
using ServerlessRouter.Testing.Time;
using Xunit;

namespace ServerlessRouter.Core.Tests.Jobs;

public sealed class JobApiTests
{
    [Fact]
    public async Task Submit_SameKeyAndOrder_IsTheSameJob()
    {
        var scene = new JobScene();
        var file = await scene.UploadAsync(JobScene.Lines(1));

        var first = await scene.SubmitAsync(file, static order => order with { IdempotencyKey = "k 1" });
        var second = await scene.SubmitAsync(file, static order => order with { IdempotencyKey = "k 1" });
        var third = await scene.SubmitAsync(file, static order => order with { IdempotencyKey = "k 2" });

        Assert.Equal(first.Id, second.Id);
        Assert.NotEqual(first.Id, third.Id);
        Assert.Equal(2, (await scene.Jobs.Desk.ListBatchesAsync(null, null, 10, default)).Entries.Count);
    }

    [Fact]
    public async Task Submit_SameKeyWithAnotherTrace_IsTheSameJob()
    {
        var scene = new JobScene();
        var file = await scene.UploadAsync(JobScene.Lines(1));

        var first = await scene.SubmitAsync(file, static order => order with { IdempotencyKey = "k", Headers = """{"traceparent":"00-1"}""" });
        var second = await scene.SubmitAsync(file, static order => order with { IdempotencyKey = "k", Headers = """{"traceparent":"00-2"}""" });

        Assert.Equal(first.Id, second.Id);
    }

    [Fact]
    public async Task Submit_SameKeyForAnotherOrder_IsAConflict()
    {
        var scene = new JobScene();
        var file = await scene.UploadAsync(JobScene.Lines(1));
        await scene.SubmitAsync(file, static order => order with { IdempotencyKey = "k" });

        var other = await scene.Jobs.Desk.SubmitAsync(Order(file) with { IdempotencyKey = "k", CompletionWindow = "2h" }, default);

        Assert.Equal((RouterErrorCode.Conflict, 409), (other.Error!.Code, other.Error.Status));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task Submit_BreaksOffAtAnyWrite_TheSameOrderAgainCompletesIt(int write)
    {
        var time = new ManualTimeProvider();
        var store = new ForgetfulStore(new MemoryTableStore(time));
        var scene = new JobScene(store: store, time: time);
        var file = await scene.UploadAsync(JobScene.Lines(1));
        var order = Order(file) with { IdempotencyKey = "k" };

        store.ForgetsEvery = write;
        await Assert.ThrowsAsync<TableStoreUnavailableException>(() => scene.Jobs.Desk.SubmitAsync(order, default).AsTask());
        store.ForgetsEvery = 0;
        var job = await scene.RunAsync((await scene.Jobs.Desk.SubmitAsync(order, default)).Job!.Id);

        Assert.Equal(JobStatus.Completed, job.Status);
        Assert.Equal(job.Id, Assert.Single((await scene.Jobs.Desk.ListBatchesAsync(null, null, 10, default)).Entries).Id);
    }

    [Fact]
    public async Task Sweep_SubmissionWithoutJob_IsForgottenAfterTheGraceAndItsKeyIsFree()
    {
        var time = new ManualTimeProvider();
        var store = new ForgetfulStore(new MemoryTableStore(time));
        var scene = new JobScene(store: store, time: time);
        var body = new JobOrder { Kind = JobKind.Request, Caller = null, Endpoint = JobEndpoints.ChatCompletions, Body = "{}"u8.ToArray(), IdempotencyKey = "k" };
        store.ForgetsEvery = 3;
        await Assert.ThrowsAsync<TableStoreUnavailableException>(() => scene.Jobs.Desk.SubmitAsync(body, default).AsTask());
        store.ForgetsEvery = 0;
        Assert.True(await scene.CountRowsAsync() > 0);

        await scene.Steps.SweepAsync(null, default);
        Assert.True(await scene.CountRowsAsync() > 0);
        time.Advance(scene.Options.SubmissionGrace);
        await scene.Steps.SweepAsync(null, default);

        Assert.Equal(0, await scene.CountRowsAsync());
    }

    [Fact]
    public async Task Sweep_JobNoInstanceRuns_IsLaunchedUntilItHasEnded()
    {
        var scene = new JobScene();
        var job = await scene.SubmitAsync(JobScene.Lines(1));

        await scene.Steps.SweepAsync(null, default);
        await scene.RunAsync(job.Id);
        await scene.Steps.SweepAsync(null, default);

        Assert.Equal([job.Id, job.Id], scene.Launches);
    }

    [Fact]
    public async Task Submit_FileOfAnotherKey_DoesNotExist()
    {
        var scene = new JobScene();
        var file = await scene.UploadAsync("ann", JobScene.Line("a"));

        var result = await scene.Jobs.Desk.SubmitAsync(Order(file) with { Caller = "bob" }, default);

        Assert.Equal(("input_file_id", 400), (result.Error!.Param, result.Error.Status));
    }

    [Theory]
    [InlineData("24")]
    [InlineData("0h")]
    [InlineData("8d")]
    [InlineData("-1h")]
    [InlineData("")]
    public async Task Submit_WindowThatIsNone_IsRefusedByName(string window)
    {
        var scene = new JobScene();
        var result = await scene.Jobs.Desk.SubmitAsync(Order(await scene.UploadAsync(JobScene.Line("a"))) with { CompletionWindow = window }, default);

        Assert.Equal("completion_window", result.Error!.Param);
    }

    [Fact]
    public async Task JobsAndFiles_OfOthers_AreNotThere()
    {
        var scene = new JobScene();
        var file = await scene.UploadAsync("ann", JobScene.Line("a"));
        var job = await scene.SubmitAsync(file);
        var (desk, files) = (scene.Jobs.Desk, scene.Jobs.Files);

        foreach (var other in new[] { "bob", null })
        {
            Assert.Null(await desk.FindAsync(other, job.Id, default));
            Assert.Null(await files.FindAsync(other, file.Id, default));
            Assert.Empty((await desk.ListBatchesAsync(other, null, 10, default)).Entries);
            Assert.Empty((await files.ListAsync(other, new JobFileQuery(), default)).Entries);
            Assert.Equal(RouterErrorCode.NotFound, (await desk.CancelAsync(other, job.Id, default)).Error!.Code);
            Assert.Equal(RouterErrorCode.NotFound, (await desk.DeleteAsync(other, job.Id, default)).Error!.Code);
            Assert.Equal(RouterErrorCode.NotFound, (await files.DeleteAsync(other, file.Id, default))!.Code);
        }

        Assert.NotNull(await desk.FindAsync("ann", job.Id, default));
    }

    [Fact]
    public async Task Lists_AreNewestFirstPageByPage()
    {
        var scene = new JobScene();
        var ids = new List<string>();
        for (var number = 0; number < 5; number++)
        {
            ids.Insert(0, (await scene.SubmitAsync(JobScene.Line("a"))).Id);
            scene.Time.Advance(TimeSpan.FromSeconds(1));
        }

        var first = await scene.Jobs.Desk.ListBatchesAsync(null, null, 3, default);
        var second = await scene.Jobs.Desk.ListBatchesAsync(null, first.Entries[^1].Id, 3, default);

        Assert.True(first.HasMore);
        Assert.False(second.HasMore);
        Assert.Equal(ids, first.Entries.Concat(second.Entries).Select(static job => job.Id));
    }

    [Theory]
    [InlineData(JobListOrder.NewestFirst)]
    [InlineData(JobListOrder.OldestFirst)]
    public async Task Files_InEitherOrder_ComePageByPage(JobListOrder order)
    {
        var scene = new JobScene();
        var ids = new List<string>();
        for (var number = 0; number < 5; number++)
        {
            ids.Add((await scene.UploadAsync(JobScene.Line("a"))).Id);
            scene.Time.Advance(TimeSpan.FromSeconds(1));
        }

        var first = await scene.Jobs.Files.ListAsync(null, new JobFileQuery { Limit = 2, Order = order }, default);
        var rest = await scene.Jobs.Files.ListAsync(null, new JobFileQuery { Order = order, After = first.Entries[^1].Id }, default);

        Assert.True(first.HasMore);
        var listed = first.Entries.Concat(rest.Entries).Select(static file => file.Id);
        Assert.Equal(order == JobListOrder.OldestFirst ? ids : Enumerable.Reverse(ids), listed);
    }

    [Fact]
    public async Task DeleteFile_WhileAJobReadsIt_IsAConflictUntilTheEnd()
    {
        var scene = new JobScene();
        var file = await scene.UploadAsync(JobScene.Lines(1));
        var job = await scene.SubmitAsync(file);

        var refused = await scene.Jobs.Files.DeleteAsync(null, file.Id, default);
        await scene.RunAsync(job.Id);

        Assert.Equal(RouterErrorCode.Conflict, refused!.Code);
        Assert.Contains(job.Id, refused.Message, StringComparison.Ordinal);
        Assert.Null(await scene.Jobs.Files.DeleteAsync(null, file.Id, default));
        Assert.Null(await scene.Jobs.Files.FindAsync(null, file.Id, default));
    }

    [Fact]
    public async Task DeleteJob_Ended_LeavesOnlyItsFilesBehind()
    {
        var scene = new JobScene();
        var job = await scene.RunAsync((await scene.SubmitAsync(JobScene.Lines(120))).Id);

        Assert.NotNull((await scene.Jobs.Desk.DeleteAsync(null, job.Id, default)).Job);

        Assert.Null(await scene.Jobs.Desk.FindAsync(null, job.Id, default));
        Assert.Equal(120, (await scene.ReadAsync(job.OutputFileId)).Count);
    }

    [Fact]
    public async Task Retain_DayHasPassed_NothingIsLeft()
    {
        var scene = new JobScene();
        await scene.RunAsync((await scene.SubmitAsync(await scene.UploadAsync(JobScene.Lines(120)), static order => order with { IdempotencyKey = "k" })).Id);
        await scene.Jobs.Files.Begin(null).AppendAsync(new byte[2_000_000], default);

        scene.Time.Advance(scene.Options.Retention);
        await RetainAsync(scene);
        Assert.True(await scene.CountRowsAsync() > 120);
        scene.Time.Advance(TimeSpan.FromDays(2));
        await RetainAsync(scene);

        Assert.Equal(0, await scene.CountRowsAsync());
    }

    [Fact]
    public async Task Retain_JobHasNotEnded_IsKeptWithItsInput()
    {
        var scene = new JobScene();
        var job = await scene.SubmitAsync(JobScene.Lines(3));
        scene.Time.Advance(scene.Options.Retention + TimeSpan.FromDays(3));

        await RetainAsync(scene);
        job = await scene.RunAsync(job.Id);

        Assert.Equal((JobStatus.Expired, 3), (job.Status, job.Tally.Failed));
    }

    private static JobOrder Order(JobFile file) => new() { Kind = JobKind.Batch, Caller = file.Caller, Endpoint = JobEndpoints.ChatCompletions, InputFileId = file.Id };

    private static async Task RetainAsync(JobScene scene)
    {
        var turns = new Turns("the end of the list");
        string? cursor = null;
        do
        {
            turns.Take();
            cursor = (await scene.Steps.RetainAsync(cursor, default)).Cursor;
        }
        while (cursor is not null);
    }
}
