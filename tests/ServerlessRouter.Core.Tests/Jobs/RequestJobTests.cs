using System.Text;
using ServerlessRouter.Configuration;
using ServerlessRouter.Dispatch;
using ServerlessRouter.Errors;
using ServerlessRouter.Jobs;
using ServerlessRouter.Jobs.Rows;
using ServerlessRouter.Jobs.Steps;
using ServerlessRouter.State;
using ServerlessRouter.Testing;
using ServerlessRouter.Testing.Upstreams;
using Xunit;

namespace ServerlessRouter.Core.Tests.Jobs;

/// <summary>A single request of a job, step by step: long waits, deaths between steps, steps delivered twice, and the end of its time.</summary>
public sealed class RequestJobTests
{
    private static readonly Reply Busy = Reply.RateLimited().Header("Retry-After", "600");
    private static readonly Reply BusyLonger = Reply.RateLimited().Header("Retry-After", "900");

    [Fact]
    public async Task Request_EveryProviderAsksToWaitTenMinutes_IsAnsweredOnceAfterThatWithOneBill()
    {
        await using var scene = await RequestScene.StartAsync(static route => route.Candidates("a", "b"), "a", "b");
        scene.Vendor("a").Next(Busy, Reply.Text("Here.").Usage(100, 10));
        scene.Vendor("b").Next(BusyLonger);
        var submitted = await scene.SubmitAsync();

        var (job, item, body) = await scene.EndOfAsync(submitted.Id);

        Assert.Equal((JobStatus.Completed, "Here."), (job.Status, RequestScene.TextOf(body)));
        Assert.InRange(scene.Time.GetUtcNow() - submitted.CreatedAt, TimeSpan.FromSeconds(600), TimeSpan.FromSeconds(602));
        Assert.InRange(Assert.Single(scene.Waits), TimeSpan.FromSeconds(600), TimeSpan.FromSeconds(602));
        Assert.Equal((2, 1, 1), (scene.Calls("a"), scene.Calls("b"), scene.Records));
        Assert.Equal(
            [("a", FailureKind.RateLimited), ("b", FailureKind.RateLimited), ("a", null)],
            item.RequestHistory!.Attempts.Select(static attempt => (attempt.Model, attempt.Failure)));
        Assert.Equal((100, 10), (job.Tally.PromptTokens, job.Tally.CompletionTokens));
        Assert.Equal(await scene.Vendor("a").BilledUsdAsync(), job.Tally.CostUsd);
        Assert.Equal(job.Tally.CostUsd, (decimal)body["usage"]!["cost"]!);
    }

    [Fact]
    public async Task Request_Waits_TellsUntilWhenAndWhatWasTried()
    {
        await using var scene = await RequestScene.StartAsync(static route => route.Candidates("a"), "a");
        scene.Vendor("a").Next(Busy);
        var job = await scene.SubmitAsync();

        await scene.RunAsync(job.Id, static step => step.Kind == DispatchStepKind.Wait);

        var item = await scene.ItemAsync(job.Id);
        Assert.Equal(FailureKind.RateLimited, Assert.Single(item.RequestHistory!.Attempts).Failure);
        Assert.InRange(scene.WaitsUntil(item)!.Value - job.CreatedAt, TimeSpan.FromSeconds(600), TimeSpan.FromSeconds(602));
    }

    [Fact]
    public async Task Request_ProcessDiesBetweenStepsAndTheConfigurationChanged_GoesOnWithItsPlan()
    {
        await using var scene = await RequestScene.StartAsync(static route => route.Candidates("a", "b"), "a", "b", "c");
        scene.Vendor("a").Next(Busy);
        scene.Vendor("b").Next(Reply.Text("From the plan."));
        var submitted = await scene.SubmitAsync();
        await scene.RunAsync(submitted.Id, static step => step.Candidate == 1);

        scene.Restart(static route => route.Candidates("c"), "c", "b", "a");
        var (job, item, body) = await scene.EndOfAsync(submitted.Id);

        Assert.Equal((JobStatus.Completed, "From the plan."), (job.Status, RequestScene.TextOf(body)));
        Assert.Equal((1, 1, 0), (scene.Calls("a"), scene.Calls("b"), scene.Calls("c")));
        Assert.Equal(["a", "b"], item.RequestHistory!.Plan.Candidates.Select(static candidate => candidate.Model));
    }

    [Fact]
    public async Task Request_ModelOfItsPlanIsNoLongerConfigured_IsPassedOver()
    {
        await using var scene = await RequestScene.StartAsync(static route => route.Candidates("a", "b"), "a", "b");
        scene.Vendor("a").Next(Busy);
        var submitted = await scene.SubmitAsync();
        await scene.RunAsync(submitted.Id, static step => step.Candidate == 1);

        scene.Restart(static route => route.Candidates("b"), "b");
        scene.Vendor("b").Next(BusyLonger, Reply.Text("Alone."));
        var (job, item, body) = await scene.EndOfAsync(submitted.Id);

        Assert.Equal((JobStatus.Completed, "Alone."), (job.Status, RequestScene.TextOf(body)));
        Assert.Equal((1, 2), (scene.Calls("a"), scene.Calls("b")));
        Assert.Contains(item.RequestHistory!.Attempts, static attempt => attempt is { Model: "a", Failure: FailureKind.NoDeployment, WasSent: false });
    }

    [Fact]
    public async Task Request_BegunByANewerVersionThatWasRolledBack_GoesOnWithItsPlanAndItsBill()
    {
        await using var scene = await RequestScene.StartAsync(static route => route.Candidates("a", "b"), "a", "b");
        scene.Vendor("a").Next(Busy);
        scene.Vendor("b").Next(Reply.Text("Here.").Usage(100, 10));
        var submitted = await scene.SubmitAsync();
        await scene.RunAsync(submitted.Id, static step => step.Candidate == 1);
        await RenameAsync(scene.Store, submitted.Id, "RateLimited", "RateLimitedByRegion");

        var (job, item, body) = await scene.EndOfAsync(submitted.Id);

        Assert.Equal((JobStatus.Completed, "Here."), (job.Status, RequestScene.TextOf(body)));
        Assert.Equal((1, 1, 1), (scene.Calls("a"), scene.Calls("b"), scene.Records));
        Assert.Equal([("a", FailureKind.ServerError), ("b", null)], item.RequestHistory!.Attempts.Select(static attempt => (attempt.Model, attempt.Failure)));
        Assert.Equal(await scene.Vendor("b").BilledUsdAsync(), job.Tally.CostUsd);
    }

    [Fact]
    public async Task Request_ProcessDiesWithACallInFlight_MakesItAgainAndBillsOne()
    {
        await using var scene = await RequestScene.StartAsync(static route => route.Candidates("a"), "a");
        scene.Vendor("a").Next(Reply.Text("Lost.").HangAt(ReplyPoint.BeforeHeaders), Reply.Text("Found.").Usage(100, 10));
        var submitted = await scene.SubmitAsync();
        var state = await scene.Steps.LookAtRequestAsync(submitted.Id, default);
        // The step of the process that dies: its end is never reported.
        _ = scene.Steps.StepRequestAsync(state.Order(state.Next(scene.Time.GetUtcNow())), default).AsTask();
        await scene.Vendor("a").WaitForRequestAsync();

        scene.Restart(static route => route.Candidates("a"), "a");
        await scene.Steps.TakeOverAsync(submitted.Id, default);
        var (job, item, body) = await scene.EndOfAsync(submitted.Id);

        Assert.Equal("Found.", RequestScene.TextOf(body));
        Assert.Equal(2, scene.Calls("a"));
        Assert.Single(item.RequestHistory!.Attempts);
        Assert.Equal((100, 10), (job.Tally.PromptTokens, job.Tally.CompletionTokens));
    }

    [Fact]
    public async Task Steps_DeliveredTwiceLateAndAtOnce_CallOnceAndBillOnce()
    {
        await using var scene = await RequestScene.StartAsync(static route => route.Candidates("a", "b"), "a", "b");
        scene.Vendor("a").Next(Reply.Status(500));
        scene.Vendor("b").Next(Reply.Text("Once.").Usage(100, 10));
        var submitted = await scene.SubmitAsync();
        var orders = new List<RequestOrder>();
        var state = await scene.Steps.LookAtRequestAsync(submitted.Id, default);
        var turns = new Turns("the request to end");
        while (!state.IsOver)
        {
            turns.Take();
            var order = state.Order(state.Next(scene.Time.GetUtcNow()));
            orders.Add(order);
            await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => scene.Steps.StepRequestAsync(order, default).AsTask())));
            foreach (var late in orders)
                state = await scene.Steps.StepRequestAsync(late, default);
        }

        var (job, _, body) = await scene.EndOfAsync(submitted.Id);

        Assert.Equal("Once.", RequestScene.TextOf(body));
        Assert.Equal((1, 1, 1), (scene.Calls("a"), scene.Calls("b"), scene.Records));
        Assert.Equal(await scene.Vendor("b").BilledUsdAsync(), job.Tally.CostUsd);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    public async Task Steps_StoreCarriesOutWritesAndLosesTheAnswers_CallOnceAndBillOnce(int forgetsEvery)
    {
        await using var scene = await RequestScene.StartAsync(static route => route.Candidates("cheap", "strong").Cascade(["cheap", "strong"]), "cheap", "strong");
        scene.Vendor("cheap").Next(Reply.Text("I am sorry, but I cannot help with that.").Usage(100, 10));
        scene.Vendor("strong").Next(Reply.Text("Gladly.").Usage(100, 20));
        var submitted = await scene.SubmitAsync();
        var store = new ForgetfulStore(scene.Store) { ForgetsEvery = forgetsEvery };
        scene.Store = store;
        scene.Restart(static route => route.Candidates("cheap", "strong").Cascade(["cheap", "strong"]), "cheap", "strong");

        var state = new RequestState { JobId = submitted.Id };
        var turns = new Turns("the request to end");
        while (!state.IsOver)
        {
            turns.Take();
            var (before, step) = (state, state.Next(scene.Time.GetUtcNow()));
            if (step.Kind == DispatchStepKind.Wait)
                scene.Time.Advance(step.Within);
            state = step.Kind == DispatchStepKind.Wait
                ? await AdvancingAsync(scene, before, async () => await scene.Steps.LookAtRequestAsync(submitted.Id, default))
                : await AdvancingAsync(scene, before, async () => await scene.Steps.StepRequestAsync(before.Order(step), default));
        }

        store.ForgetsEvery = 0;
        var (job, _, body) = await scene.EndOfAsync(submitted.Id);

        Assert.True(store.Forgotten > 1);
        Assert.Equal("Gladly.", RequestScene.TextOf(body));
        Assert.Equal((1, 1), (scene.Calls("cheap"), scene.Calls("strong")));
        Assert.Equal(await scene.Vendor("cheap").BilledUsdAsync() + await scene.Vendor("strong").BilledUsdAsync(), job.Tally.CostUsd);
    }

    [Fact]
    public async Task Request_VendorRefuses_TheRefusalIsTheAnswer()
    {
        await using var scene = await RequestScene.StartAsync(static route => route.Candidates("a", "b"), "a", "b");
        scene.Vendor("a").Next(Reply.Error(400, "Too many stops.", "invalid_request_error", param: "stop"));

        var (job, item, body) = await scene.EndOfAsync((await scene.SubmitAsync()).Id);

        Assert.Equal((JobStatus.Completed, 400, "Too many stops."), (job.Status, item.StatusCode, (string?)body["error"]!["message"]));
        Assert.Equal((1, 0, 1), (scene.Calls("a"), scene.Calls("b"), scene.Records));
    }

    [Fact]
    public async Task Request_OutageLongerThanARound_IsTriedAgainInFurtherRoundsAndBilledOnce()
    {
        await using var scene = await RequestScene.StartAsync(static route => route.Candidates("a"), "a");
        scene.Vendor("a").Next([.. Enumerable.Repeat(Reply.Status(500), 9), Reply.Text("Back.").Usage(100, 10)]);

        var (job, item, body) = await scene.EndOfAsync((await scene.SubmitAsync()).Id);

        Assert.Equal((JobStatus.Completed, "Back."), (job.Status, RequestScene.TextOf(body)));
        Assert.Equal((10, 1), (scene.Calls("a"), scene.Records));
        Assert.True(item.Tries > 1);
        Assert.Equal(10, item.RequestHistory!.Attempts.Count(static attempt => attempt.WasSent));
        Assert.Equal((100, 10), (job.Tally.PromptTokens, job.Tally.CompletionTokens));
    }

    [Fact]
    public async Task Request_ProviderHangsForAsLongAsOneAttemptMay_TheNextModelIsAsked()
    {
        var limits = RouteLimits.Default with { Deadline = TimeSpan.FromSeconds(20) };
        await using var scene = await RequestScene.StartAsync(route => route.Candidates("a", "b").Limits(limits), "a", "b");
        scene.Vendor("a").Next(Reply.Text("Never.").HangAt(ReplyPoint.BeforeHeaders));
        scene.Vendor("b").Next(Reply.Text("Here."));
        var submitted = await scene.SubmitAsync();
        var state = await scene.Steps.LookAtRequestAsync(submitted.Id, default);
        var hanging = scene.Steps.StepRequestAsync(state.Order(state.Next(scene.Time.GetUtcNow())), default).AsTask();
        await scene.Vendor("a").WaitForRequestAsync();

        scene.Time.Advance(limits.Deadline);
        await hanging;
        var (_, item, body) = await scene.EndOfAsync(submitted.Id);

        Assert.Equal("Here.", RequestScene.TextOf(body));
        Assert.Equal([FailureKind.FirstTokenTimeout, null], item.RequestHistory!.Attempts.Select(static attempt => attempt.Failure));
    }

    [Fact]
    public async Task Request_WaitWouldPassItsWindow_EndsAtOnceWithWhatIsWrong()
    {
        await using var scene = await RequestScene.StartAsync(static route => route.Candidates("a"), "a");
        scene.Vendor("a").Default(Busy);

        var (job, item, body) = await scene.EndOfAsync((await scene.SubmitAsync(window: "5m")).Id);

        Assert.Equal((JobStatus.Completed, 429), (job.Status, item.StatusCode));
        Assert.Contains("rate limit", (string)body["error"]!["message"]!, StringComparison.Ordinal);
        Assert.Equal(job.CreatedAt, scene.Time.GetUtcNow());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Request_WindowPassedWhileNoInstanceRan_IsExpiredAndSaysSo(bool wasBegun)
    {
        await using var scene = await RequestScene.StartAsync(static route => route.Candidates("a"), "a");
        scene.Vendor("a").Next(Busy);
        var submitted = await scene.SubmitAsync(window: "1h");
        if (wasBegun)
            await scene.RunAsync(submitted.Id, static step => step.Kind == DispatchStepKind.Wait);

        scene.Time.Advance(TimeSpan.FromHours(2));
        var (job, item, body) = await scene.EndOfAsync(submitted.Id);

        Assert.Equal((JobStatus.Expired, 504), (job.Status, item.StatusCode));
        Assert.Contains(wasBegun ? "1 attempt was made" : "The window of 1h", (string)body["error"]!["message"]!, StringComparison.Ordinal);
        Assert.Equal(wasBegun ? 1 : 0, scene.Calls("a"));
    }

    [Fact]
    public async Task Request_CancelledWhileItWaits_EndsWithoutAnotherCall()
    {
        await using var scene = await RequestScene.StartAsync(static route => route.Candidates("a"), "a");
        scene.Vendor("a").Next(Busy);
        var submitted = await scene.SubmitAsync();
        await scene.RunAsync(submitted.Id, static step => step.Kind == DispatchStepKind.Wait);

        await scene.CancelAsync(submitted.Id);
        Assert.True((await scene.RunAsync(submitted.Id)).IsOver);
        Assert.True((await scene.Steps.FinishAsync(submitted.Id, default)).IsDone);

        Assert.Equal((JobStatus.Cancelled, 1), ((await scene.FindAsync(submitted.Id)).Status, scene.Calls("a")));
        // What was tried is recorded, and once.
        Assert.Equal(1, scene.Records);
    }

    [Fact]
    public async Task Steps_OfARunningTurn_TellOthersToWait()
    {
        await using var scene = await RequestScene.StartAsync(static route => route.Candidates("a"), "a");
        scene.Vendor("a").Next(Reply.Text("Slow.").HangAt(ReplyPoint.BeforeHeaders));
        var submitted = await scene.SubmitAsync();
        var state = await scene.Steps.LookAtRequestAsync(submitted.Id, default);
        using var stop = new CancellationTokenSource();
        var order = state.Order(state.Next(scene.Time.GetUtcNow()));
        var running = scene.Steps.StepRequestAsync(order, stop.Token).AsTask();
        await scene.Vendor("a").WaitForRequestAsync();

        var seen = await scene.Steps.StepRequestAsync(order, default);
        await stop.CancelAsync();

        Assert.Equal(DispatchStepKind.Wait, seen.Next(scene.Time.GetUtcNow()).Kind);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        // An orderly stop frees the request at once.
        state = await scene.Steps.LookAtRequestAsync(submitted.Id, default);
        Assert.Equal(DispatchStepKind.Attempt, state.Next(scene.Time.GetUtcNow()).Kind);
        Assert.Equal(0, scene.Records);
    }

    /// <summary>Moves the clock where a step waits for the store, and not while it calls a vendor; a step the store has failed is one to ask again.</summary>
    private static async Task<RequestState> AdvancingAsync(RequestScene scene, RequestState before, Func<Task<RequestState>> step)
    {
        var running = Task.Run(step);
        await OutageWaits.PassAsync(scene.Time, running);
        return running.Exception?.InnerException is TableStoreUnavailableException ? before : await running;
    }

    /// <summary>Writes another name where the history has this one.</summary>
    private static async Task RenameAsync(ITableStore store, string jobId, string name, string other)
    {
        var row = (await store.GetAsync(JobTables.Items, JobTables.ItemsPartition(jobId, 0), JobTables.ItemKey(0)))!;
        var history = Encoding.UTF8.GetString(row.PartsOf(JobItemRow.HistoryColumn));
        Assert.Contains($"\"{name}\"", history, StringComparison.Ordinal);
        var (first, renamed) = (RowValues.PartOf(JobItemRow.HistoryColumn, 0), Encoding.UTF8.GetBytes(history.Replace($"\"{name}\"", $"\"{other}\"", StringComparison.Ordinal)));
        await store.WriteAsync(JobTables.Items, TableOperation.UpsertReplace(row.With(first, TableValue.From(renamed))));
    }
}
