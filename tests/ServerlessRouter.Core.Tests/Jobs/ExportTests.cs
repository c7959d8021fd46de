using ServerlessRouter.Jobs;
using ServerlessRouter.Testing;
using Xunit;

namespace ServerlessRouter.Core.Tests.Jobs;

/// <summary>Outputs on their way to where a message asked for them.</summary>
public sealed class ExportTests
{
    [Fact]
    public async Task Output_BlobsAreAwayForHours_IsWaitedForAndNoFaultIsCounted()
    {
        var scene = new JobScene();
        var blobs = new MemoryBlobs { Failure = new BlobsUnavailableException("away") };
        var job = await EndedAsync(scene, blobs);
        var awayUntil = job.CreatedAt + TimeSpan.FromHours(20);

        var turns = new Turns("the blobs to come back");
        while (scene.Time.GetUtcNow() < awayUntil)
        {
            turns.Take();
            scene.Time.Advance((await scene.Steps.FinishAsync(job.Id, default)).Again!.Value);
        }

        blobs.Failure = null;

        Assert.True((await scene.Steps.FinishAsync(job.Id, default)).IsDone);
        job = await scene.FindAsync(job.Id);
        Assert.Equal((0, true), (job.Faults, job.IsNotified));
        Assert.Contains("out/night.output.jsonl", blobs.Keys);
    }

    [Fact]
    public async Task Output_BlobsAreAway_IsLaunchedByTheSweepAndTriedWhenDueAlone()
    {
        var scene = new JobScene();
        var blobs = new MemoryBlobs { Failure = new BlobsUnavailableException("away") };
        var job = await EndedAsync(scene, blobs);
        var first = await scene.Steps.FinishAsync(job.Id, default);
        var launches = scene.Launches.Count;

        for (var minute = 1; minute < scene.Options.OutageRecheck.TotalMinutes; minute++)
        {
            scene.Time.Advance(TimeSpan.FromMinutes(1));
            await scene.Steps.SweepAsync(null, default);
            await scene.Steps.FinishAsync(job.Id, default);
        }

        Assert.Equal((launches, 1), (scene.Launches.Count, blobs.Tries));
        Assert.Equal((scene.Options.OutageRecheck, true), (first.Again, first.IsKept));
        blobs.Failure = null;
        scene.Time.Advance(TimeSpan.FromMinutes(1));
        await scene.Steps.SweepAsync(null, default);
        Assert.Equal(launches + 1, scene.Launches.Count);
        Assert.True((await scene.Steps.FinishAsync(job.Id, default)).IsDone);
        Assert.Contains("out/night.output.jsonl", blobs.Keys);
    }

    [Fact]
    public async Task Output_PlaceRefuses_TheSweepLeavesItAloneUntilTheWaitAfterTheFaultIsOver()
    {
        var scene = new JobScene();
        var job = await EndedAsync(scene, new MemoryBlobs { Failure = new InvalidOperationException("no such container") });
        await Record.ExceptionAsync(() => scene.Steps.FinishAsync(job.Id, default).AsTask());
        var noted = await scene.Steps.NoteFaultAsync(job.Id, default);
        var launches = scene.Launches.Count;

        await scene.Steps.SweepAsync(null, default);
        Assert.Equal((launches, true), (scene.Launches.Count, noted.IsKept));
        scene.Time.Advance(noted.Again!.Value);
        await scene.Steps.SweepAsync(null, default);
        Assert.Equal(launches + 1, scene.Launches.Count);
    }

    [Fact]
    public async Task Output_RowOfARouterThatKeptNoTime_IsPutThereAtOnce()
    {
        var scene = new JobScene();
        var blobs = new MemoryBlobs();
        var job = await EndedAsync(scene, blobs);
        var row = (await scene.Store.GetAsync("jobs", job.Id, "job"))!;
        Assert.Null(row.Find("NextExportAt"));
        var launches = scene.Launches.Count;

        await scene.Steps.SweepAsync(null, default);

        Assert.Equal(launches + 1, scene.Launches.Count);
        Assert.True((await scene.Steps.FinishAsync(job.Id, default)).IsDone);
        Assert.Contains("out/night.output.jsonl", blobs.Keys);
    }

    [Fact]
    public async Task Output_CanNeverBePutThere_IsGivenUpAtOnceWithTheReasonOnTheJob()
    {
        var scene = new JobScene();
        var job = await EndedAsync(scene, new MemoryBlobs { Failure = new BlobRefusedException("The blob 'out/night.output.jsonl' cannot be written: 'out' is a file.") });

        Assert.True((await scene.Steps.FinishAsync(job.Id, default)).IsDone);

        job = await scene.FindAsync(job.Id);
        Assert.Equal((JobStatus.Completed, true, 0), (job.Status, job.IsNotified, job.Faults));
        var problem = Assert.Single(job.Problems);
        Assert.Equal(("output_refused", "output"), (problem.Code, problem.Param));
        Assert.Contains("'out' is a file.", problem.Message, StringComparison.Ordinal);
        Assert.Equal(2, (await scene.ReadAsync(job.OutputFileId)).Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Output_BlobsAreAwayBehindTheWindowOrRefuse_IsAFaultThatIsCounted(bool isAway)
    {
        var scene = new JobScene();
        var blobs = new MemoryBlobs { Failure = isAway ? new BlobsUnavailableException("away") : new InvalidOperationException("no such container") };
        var job = await EndedAsync(scene, blobs);
        if (isAway)
            scene.Time.Advance(job.ExpiresAt - scene.Time.GetUtcNow());

        Assert.Same(blobs.Failure, await Record.ExceptionAsync(() => scene.Steps.FinishAsync(job.Id, default).AsTask()));
    }

    /// <summary>A job of two items that has ended, and whose output is still to be put among these blobs.</summary>
    private static async Task<Job> EndedAsync(JobScene scene, MemoryBlobs blobs)
    {
        scene.Jobs.Blobs = blobs;
        return await scene.RunAsync((await scene.SubmitAsync(await scene.UploadAsync(JobScene.Lines(2)), static order => order with { OutputTo = "out/night" })).Id);
    }
}
