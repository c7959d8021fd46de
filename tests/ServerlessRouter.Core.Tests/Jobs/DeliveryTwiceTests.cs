using System.Collections.Concurrent;
using ServerlessRouter.Core.Tests.Http;
using ServerlessRouter.Chat;
using ServerlessRouter.Errors;
using ServerlessRouter.Jobs;
using ServerlessRouter.Jobs.Rows;
using ServerlessRouter.Jobs.Steps;
using ServerlessRouter.State;
using ServerlessRouter.State.Memory;
using ServerlessRouter.Testing;
using ServerlessRouter.Testing.Models;
using ServerlessRouter.Testing.Time;
using Xunit;

namespace ServerlessRouter.Core.Tests.Jobs;

/// <summary>Engines deliver steps twice, late, in any order and from several instances at once; what a job comes to is the same.</summary>
public sealed class DeliveryTwiceTests
{
    [Fact]
    public async Task EveryStep_DeliveredTwice_ChangesNothing()
    {
        var scene = new JobScene();
        var calls = Count(scene);
        var job = await scene.SubmitAsync(JobScene.Lines(120));
        for (var time = 0; time < 2; time++)
            Assert.Equal(new PreparedJob(120, 2), await scene.Steps.PrepareAsync(job.Id, default));
        for (var item = 0; item < 120; item++)
        {
            Assert.True((await scene.Steps.RunItemAsync(new(job.Id, item), default)).IsDone);
            Assert.True((await scene.Steps.RunItemAsync(new(job.Id, item), default)).IsDone);
        }

        for (var time = 0; time < 2; time++)
        {
            Assert.True((await scene.Steps.SettleChunkAsync(new(job.Id, 1), default)).IsDone);
            Assert.True((await scene.Steps.SettleChunkAsync(new(job.Id, 0), default)).IsDone);
        }

        Assert.True((await scene.Steps.CompleteAsync(job.Id, default)).IsDone);
        var first = await scene.FindAsync(job.Id);
        scene.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.True((await scene.Steps.CompleteAsync(job.Id, default)).IsDone);
        Assert.Equal(new PreparedJob(0, 0), await scene.Steps.PrepareAsync(job.Id, default));
        Assert.True((await scene.Steps.RunItemAsync(new(job.Id, 3), default)).IsDone);

        Assert.Equal(120, calls.Count);
        Assert.All(calls.Values, static count => Assert.Equal(1, count));
        var second = await scene.FindAsync(job.Id);
        Assert.Equal((first.Tally, first.EndedAt, first.OutputFileId), (second.Tally, second.EndedAt, second.OutputFileId));
        Assert.Equal(120 * JobScene.CostOfAnswerUsd, second.Tally.CostUsd);
        Assert.Equal(120, (await scene.ReadAsync(second.OutputFileId)).Count);
        Assert.Equal(2, (await scene.Jobs.Files.ListAsync(null, new JobFileQuery(), default)).Entries.Count);
    }

    [Fact]
    public async Task Steps_OutOfOrder_WaitForWhatIsMissing()
    {
        var scene = new JobScene();
        var job = await scene.SubmitAsync(JobScene.Lines(2));

        Assert.False((await scene.Steps.CompleteAsync(job.Id, default)).IsDone);
        Assert.True((await scene.Steps.RunItemAsync(new(job.Id, 0), default)).IsDone);
        await scene.Steps.PrepareAsync(job.Id, default);
        Assert.False((await scene.Steps.SettleChunkAsync(new(job.Id, 0), default)).IsDone);
        await scene.Steps.RunItemAsync(new(job.Id, 1), default);
        Assert.False((await scene.Steps.CompleteAsync(job.Id, default)).IsDone);
        var remaining = await scene.Steps.RemainingAsync(new(job.Id, 0), default);
        Assert.Equal(0, Assert.Single(remaining.Items));
        await scene.Steps.RunItemAsync(new(job.Id, 0), default);
        Assert.True((await scene.Steps.CompleteAsync(job.Id, default)).IsDone);

        Assert.Equal((JobStatus.Completed, 2), ((await scene.FindAsync(job.Id)).Status, (await scene.FindAsync(job.Id)).Tally.Completed));
    }

    [Fact]
    public async Task Prepare_LateTwin_ResetsNoItem()
    {
        var scene = new JobScene();
        var calls = Count(scene);
        var job = await scene.PreparedAsync(JobScene.Line("a"));
        await scene.Steps.RunItemAsync(new(job.Id, 0), default);
        // A twin that read the row before the first had changed it.
        var row = (await scene.Store.GetAsync("jobs", job.Id, "job"))!;
        await scene.Store.WriteAsync("jobs", TableOperation.UpsertReplace(row.With("Status", "validating")));

        await scene.Steps.PrepareAsync(job.Id, default);
        await scene.RunAsync(job.Id);

        Assert.Equal(1, Assert.Single(calls).Value);
    }

    [Fact]
    public async Task TwoRunners_AtOnce_EveryItemIsCalledOnce()
    {
        var scene = new JobScene();
        var twin = scene.Twin();
        var calls = Count(scene);
        twin.Pipeline.Answer = scene.Pipeline.Answer;
        var job = await scene.PreparedAsync(JobScene.Lines(100));

        await Task.WhenAll(Enumerable.Range(0, 400).Select(number => Task.Run(async () =>
        {
            var steps = number % 2 == 0 ? scene.Steps : twin.Steps;
            await steps.RunItemAsync(new(job.Id, number % 100), default);
        })));
        await Task.WhenAll(Enumerable.Range(0, 8).Select(number => Task.Run(async () =>
            Assert.True((await (number % 2 == 0 ? scene : twin).Steps.CompleteAsync(job.Id, default)).IsDone))));

        Assert.All(calls.Values, static count => Assert.Equal(1, count));
        job = await scene.FindAsync(job.Id);
        Assert.Equal((JobStatus.Completed, 100, 100 * JobScene.CostOfAnswerUsd), (job.Status, job.Tally.Completed, job.Tally.CostUsd));
        Assert.Equal(100, (await scene.ReadAsync(job.OutputFileId)).Count);
    }

    [Fact]
    public async Task Runner_HangsBeyondItsLease_TheOtherSettlesAndTheLateAnswerIsDropped()
    {
        var scene = new JobScene();
        var twin = scene.Twin();
        var late = new TaskCompletionSource<ChatOutcome>();
        var called = new TaskCompletionSource();
        scene.Pipeline.Answer = (_, _) =>
        {
            called.SetResult();
            return late.Task;
        };
        var job = await scene.PreparedAsync(JobScene.Line("a", "from the second"));
        var hanging = scene.Steps.RunItemAsync(new(job.Id, 0), default).AsTask();
        await Patience.WaitAsync(called.Task, static () => "the item to be called");

        Assert.Equal(scene.Options.TakenRecheck, (await twin.Steps.RunItemAsync(new(job.Id, 0), default)).Again);
        scene.Time.Advance(scene.Options.MaxTryTime);
        await OtherTakesAsync(twin, job);
        late.SetResult(Answers.Whole("""{"too":"late"}"""));
        Assert.True((await hanging).IsDone);

        job = await scene.RunAsync(job.Id);
        Assert.Equal((1, JobScene.CostOfAnswerUsd), (job.Tally.Completed, job.Tally.CostUsd));
        Assert.Contains("from the second", Assert.Single(await scene.ReadAsync(job.OutputFileId)).Value.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Runner_WorksLongerThanItsLease_KeepsItsItem()
    {
        var scene = new JobScene();
        var twin = scene.Twin();
        var (called, answer) = (new TaskCompletionSource(), new TaskCompletionSource<ChatOutcome>());
        scene.Pipeline.Answer = (context, _) =>
        {
            called.SetResult();
            context.CostUsd = JobScene.CostOfAnswerUsd;
            return answer.Task;
        };
        var job = await scene.PreparedAsync(JobScene.Line("a"));
        var working = scene.Steps.RunItemAsync(new(job.Id, 0), default).AsTask();
        await Patience.WaitAsync(called.Task, static () => "the item to be called");

        for (var renewal = 0; renewal < 12; renewal++)
        {
            var before = await LeasedUntilAsync(scene, job);
            scene.Time.Advance(scene.Options.LeaseRenewal);
            await Eventually.HoldsAsync(async () => await LeasedUntilAsync(scene, job) > before, "the lease to be renewed");
            Assert.False((await twin.Steps.RunItemAsync(new(job.Id, 0), default)).IsDone);
        }

        answer.SetResult(Answers.Whole("""{"in":"time"}"""));
        Assert.True((await working).IsDone);
        Assert.Equal((1, JobScene.CostOfAnswerUsd), ((await scene.RunAsync(job.Id)).Tally.Completed, (await scene.FindAsync(job.Id)).Tally.CostUsd));
    }

    [Fact]
    public async Task Runner_Dies_TheOtherTakesItsItemWithinTwoMinutes()
    {
        var store = new DyingStore(new MemoryTableStore(new ManualTimeProvider()));
        var scene = new JobScene(store: store);
        scene.Pipeline.Answer = static (_, _) => new TaskCompletionSource<ChatOutcome>().Task;
        var job = await scene.PreparedAsync(JobScene.Line("a"));
        _ = scene.Steps.RunItemAsync(new(job.Id, 0), default).AsTask();
        await Eventually.HoldsAsync(async () => await LeasedUntilAsync(scene, job) is not null, "the item to be taken");
        // Of a dead process nothing reaches the store any more.
        var other = new JobScene(scene.Options, store: store.Inner, time: scene.Time, instance: "second");
        store.IsDead = true;

        var (diedAt, result) = (scene.Time.GetUtcNow(), await other.Steps.RunItemAsync(new(job.Id, 0), default));
        while (result.Again is { } wait)
        {
            scene.Time.Advance(wait);
            result = await other.Steps.RunItemAsync(new(job.Id, 0), default);
        }

        Assert.InRange(scene.Time.GetUtcNow() - diedAt, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(2));
        Assert.Equal(1, (await other.RunAsync(job.Id)).Tally.Completed);
    }

    /// <summary>The write took place, and its answer was not waited for: without care no one would hold the lease.</summary>
    [Theory, InlineData(JobKind.Batch), InlineData(JobKind.Request)]
    public async Task Runner_StopsWhileItTakesAnItem_HandsItBack(JobKind kind)
    {
        using var stop = new CancellationTokenSource();
        var store = new StoppingStore(new MemoryTableStore(new ManualTimeProvider()), stop);
        var scene = new JobScene(store: store);
        scene.Pipeline.Answer = static (context, cancellationToken) =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            return Task.FromResult(JobScene.Echo(context));
        };
        var job = await scene.PreparedAsync(JobScene.Line("a"));

        store.StopsAtNextWrite = true;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            if (kind == JobKind.Batch)
                await scene.Steps.RunItemAsync(new(job.Id, 0), stop.Token);
            else
                await scene.Steps.LookAtRequestAsync(job.Id, stop.Token);
        });

        Assert.True(stop.IsCancellationRequested);
        Assert.Null(await LeasedUntilAsync(scene, job));
        Assert.Equal(1, (await scene.RunAsync(job.Id)).Tally.Ended);
    }

    [Fact]
    public async Task Runner_IsCancelled_FreesItsItemAtOnce()
    {
        var scene = new JobScene();
        using var stop = new CancellationTokenSource();
        scene.Pipeline.Answer = async (context, cancellationToken) =>
        {
            await stop.CancelAsync();
            context.CostUsd = 0.1m;
            cancellationToken.ThrowIfCancellationRequested();
            return JobScene.Echo(context);
        };
        var job = await scene.PreparedAsync(JobScene.Line("a"));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => scene.Steps.RunItemAsync(new(job.Id, 0), stop.Token).AsTask());
        scene.Pipeline.Answer = static (context, _) => Task.FromResult(JobScene.Echo(context));
        job = await scene.RunAsync(job.Id);

        Assert.Equal((1, JobScene.CostOfAnswerUsd + 0.1m), (job.Tally.Completed, job.Tally.CostUsd));
        Assert.Equal(job.CreatedAt, scene.Time.GetUtcNow());
    }

    [Fact]
    public async Task Process_DiesWithAnItem_TheNextTakesItOverAtOnceWhereItHoldsTheStoreAlone()
    {
        var scene = new JobScene();
        scene.Pipeline.Answer = static (_, _) => new TaskCompletionSource<ChatOutcome>().Task;
        var job = await scene.PreparedAsync(JobScene.Lines(2));
        _ = scene.Steps.RunItemAsync(new(job.Id, 1), default).AsTask();
        var next = scene.Twin();

        await next.Steps.TakeOverAsync(job.Id, default);
        job = await next.RunAsync(job.Id);

        Assert.Equal((JobStatus.Completed, 2), (job.Status, job.Tally.Completed));
        Assert.Equal(job.CreatedAt, scene.Time.GetUtcNow());
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task Process_DiesAgainAndAgainWithAnItem_NoDeathCountsAsATry(bool holdsStoreAlone)
    {
        var (options, time) = (new JobOptions { MaxTries = 2 }, new ManualTimeProvider());
        var store = new MemoryTableStore(time);
        var submitting = new JobScene(options, store: store, time: time);
        var job = await submitting.PreparedAsync(JobScene.Line("a"));
        for (var death = 0; death < 5; death++)
        {
            var reach = new DyingStore(store);
            var dying = new JobScene(options, store: reach, time: time, instance: $"dying-{death}");
            var called = new TaskCompletionSource();
            dying.Pipeline.Answer = (_, _) =>
            {
                called.SetResult();
                return new TaskCompletionSource<ChatOutcome>().Task;
            };
            if (holdsStoreAlone)
                await dying.Steps.TakeOverAsync(job.Id, default);
            else
                time.Advance(options.ItemLease);
            _ = dying.Steps.RunItemAsync(new(job.Id, 0), default).AsTask();
            await Patience.WaitAsync(called.Task, static () => "the item to be called");
            reach.IsDead = true;
        }

        var (last, tries) = (new JobScene(options, store: store, time: time, instance: "last"), 0);
        last.Pipeline.Answer = (context, _) =>
            Task.FromResult(++tries == 1 ? Answers.Failed(new RouterError(RouterErrorCode.UpstreamError, "broken")) : JobScene.Echo(context));
        if (holdsStoreAlone)
            await last.Steps.TakeOverAsync(job.Id, default);
        else
            time.Advance(options.ItemLease);

        Assert.Equal((1, 0), ((await last.RunAsync(job.Id)).Tally.Completed, (await last.FindAsync(job.Id)).Tally.Failed));
    }

    /// <summary>An instance of several that has just begun and cannot read its configuration yet refused them all for want of a key.</summary>
    [Theory, InlineData(JobKind.Batch), InlineData(JobKind.Request)]
    public async Task Instance_HasNoConfigurationYet_LeavesTheItemToThoseThatHave(JobKind kind)
    {
        var scene = new JobScene();
        var job = await scene.PreparedAsync(JobScene.Line("a"));
        var bare = new JobScene(scene.Options, new RouterBuilder().Model("mini").WithoutAnonymousCallers().Build(), scene.Store, scene.Time, "bare");
        bare.Pipeline.Answer = static (_, _) => Task.FromResult(Answers.Failed(new RouterError(RouterErrorCode.InvalidApiKey, "NoCaller is answered.")));

        var again = kind == JobKind.Batch
            ? (await bare.Steps.RunItemAsync(new(job.Id, 0), default)).Again
            : (await bare.Steps.LookAtRequestAsync(job.Id, default)).NotBefore - scene.Time.GetUtcNow();

        Assert.Equal(scene.Options.UnconfiguredRecheck, again);
        scene.Time.Advance(scene.Options.UnconfiguredRecheck);
        Assert.Equal((1, 0), ((await scene.RunAsync(job.Id)).Tally.Completed, (await scene.FindAsync(job.Id)).Tally.Failed));
    }

    [Fact]
    public async Task Store_LosesTheAnswerOfEveryThirdWrite_StillEveryItemSettlesOnce()
    {
        var time = new ManualTimeProvider();
        var store = new ForgetfulStore(new MemoryTableStore(time));
        var scene = new JobScene(store: store, time: time);
        var calls = Count(scene);
        var job = await scene.PreparedAsync(JobScene.Lines(30));

        store.ForgetsEvery = 3;
        for (var item = 0; item < 30; item++)
            await AdvancingAsync(scene, scene.Steps.RunItemAsync(new(job.Id, item), default).AsTask());
        store.ForgetsEvery = 0;
        job = await scene.RunAsync(job.Id);

        Assert.True(store.Forgotten > 10);
        Assert.All(calls.Values, static count => Assert.Equal(1, count));
        Assert.Equal((30, 30 * JobScene.CostOfAnswerUsd), (job.Tally.Completed, job.Tally.CostUsd));
    }

    private static async Task AdvancingAsync(JobScene scene, Task<StepResult> step)
    {
        await OutageWaits.PassAsync(scene.Time, step);

        // Progress may fail with the store; the item has settled by then.
        if (step.Exception?.InnerException is not TableStoreUnavailableException)
            await step;
    }

    /// <summary>Lets the lease of a try that hangs run out, and the other settle the item.</summary>
    private static async Task OtherTakesAsync(JobScene other, Job job)
    {
        for (var look = 0; look < 10; look++)
        {
            if ((await other.Steps.RunItemAsync(new(job.Id, 0), default)).IsDone)
                return;
            other.Time.Advance(other.Options.ItemLease);
        }

        Assert.Fail("The item stayed taken.");
    }

    private static async Task<DateTimeOffset?> LeasedUntilAsync(JobScene scene, Job job)
    {
        var row = await scene.Store.GetAsync(JobTables.Items, JobTables.ItemsPartition(job.Id, 0), JobTables.ItemKey(0));
        return row is null ? null : JobItemRow.Read(row).LeasedUntil;
    }

    /// <summary>Calls by prompt.</summary>
    private static ConcurrentDictionary<string, int> Count(JobScene scene)
    {
        var calls = new ConcurrentDictionary<string, int>();
        scene.Pipeline.Answer = (context, _) =>
        {
            calls.AddOrUpdate(JobScene.Prompt(context), 1, static (_, count) => count + 1);
            return Task.FromResult(JobScene.Echo(context));
        };
        return calls;
    }
}
