using ServerlessRouter.Chat;
using ServerlessRouter.Configuration;
using ServerlessRouter.Dispatch;
using ServerlessRouter.Jobs;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Resuming;
using ServerlessRouter.State;
using ServerlessRouter.Testing;
using ServerlessRouter.Testing.Models;
using ServerlessRouter.Testing.Upstreams;
using Xunit;

namespace ServerlessRouter.Core.Tests.Jobs;

/// <summary>What the router does when it fails itself: it tries again a bounded number of times, says where to look, and lets the job end.</summary>
public sealed class FaultTests
{
    [Fact]
    public async Task Item_CannotBeDealtWith_IsTriedAFewTimesAndTheJobCompletesWithoutIt()
    {
        var scene = new JobScene();
        var job = await scene.PreparedAsync(JobScene.Lines(2));
        await BreakAsync(scene.Store, job.Id, item: 1);

        job = await scene.RunAsync(job.Id);

        Assert.Equal((JobStatus.Completed, 1, 1), (job.Status, job.Tally.Completed, job.Tally.Failed));
        var line = Assert.Single(await scene.ReadAsync(job.ErrorFileId)).Value;
        Assert.Equal(500, (int)line["response"]!["status_code"]!);
        var message = (string)line["response"]!["body"]!["error"]!["message"]!;
        Assert.Contains($"{scene.Options.MaxFaults} times in a row", message, StringComparison.Ordinal);
        Assert.Contains($"{job.Id}.1", message, StringComparison.Ordinal);
        Assert.InRange(scene.Time.GetUtcNow() - job.CreatedAt, TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30));
    }

    [Fact]
    public async Task Item_IsMendedInTime_IsAnswered()
    {
        var scene = new JobScene();
        var job = await scene.PreparedAsync(JobScene.Line("a"));
        var whole = await BreakAsync(scene.Store, job.Id, item: 0);

        var wait = (await scene.Steps.RunItemAsync(new(job.Id, 0), default)).Again!.Value;
        scene.Time.Advance(wait);
        var broken = (await scene.Store.GetAsync("jobitems", $"{job.Id}.00000", "i00000000"))!;
        await scene.Store.WriteAsync("jobitems", TableOperation.UpsertReplace(broken.With("InputAt", whole)));
        job = await scene.RunAsync(job.Id);

        Assert.Equal((1, 0), (job.Tally.Completed, job.Tally.Failed));
    }

    [Fact]
    public async Task Request_CannotBeDealtWith_FailsAndSaysWhereToLook()
    {
        await using var scene = await RequestScene.StartAsync(static route => route.Candidates("a"), "a");
        var submitted = await scene.SubmitAsync();
        await BreakAsync(scene.Store, submitted.Id, item: 0);

        var (job, item, body) = await scene.EndOfAsync(submitted.Id);

        Assert.Equal((JobStatus.Completed, ItemState.Failed, 500), (job.Status, item.State, item.StatusCode));
        Assert.Contains($"{job.Id}.0", (string)body["error"]!["message"]!, StringComparison.Ordinal);
        Assert.Equal(0, scene.Calls("a"));
        Assert.NotEmpty(scene.Waits);
        Assert.DoesNotContain(scene.Taken, static step => step.Kind == DispatchStepKind.Attempt);
    }

    [Fact]
    public async Task Job_StepsFailAgainAndAgain_FailsWithTheReasonAndIsLaunchedNoMore()
    {
        var scene = new JobScene();
        var job = await scene.SubmitAsync(JobScene.Lines(2));
        var waits = new List<TimeSpan>();

        var turns = new Turns("the job to be given up");
        while (await scene.Steps.NoteFaultAsync(job.Id, default) is { Again: { } wait })
        {
            turns.Take();
            waits.Add(wait);
        }

        await scene.Steps.SweepAsync(null, default);

        Assert.Equal(scene.Options.MaxFaults - 1, waits.Count);
        Assert.Equal(waits.Order(), waits);
        job = await scene.FindAsync(job.Id);
        var problem = Assert.Single(job.Problems);
        Assert.Equal((JobStatus.Failed, "router_fault"), (job.Status, problem.Code));
        Assert.Contains(job.Id, problem.Message, StringComparison.Ordinal);
        Assert.Single(scene.Launches);
        // The input may be deleted again, and asking once more changes nothing.
        Assert.Null(await scene.Jobs.Files.DeleteAsync(null, job.InputId, default));
        Assert.True((await scene.Steps.NoteFaultAsync(job.Id, default)).IsDone);
    }

    [Fact]
    public async Task Job_StepsFailAfterSomeChunksAreSettled_FailsAndGivesWhatTheyHold()
    {
        var scene = new JobScene();
        var job = await scene.PreparedAsync(JobScene.Lines(120));
        for (var item = 0; item < 100; item++)
            await scene.Steps.RunItemAsync(new(job.Id, item), default);
        Assert.True((await scene.Steps.SettleChunkAsync(new(job.Id, 0), default)).IsDone);

        var turns = new Turns("the job to be given up");
        while (!(await scene.Steps.NoteFaultAsync(job.Id, default)).IsDone)
            turns.Take();

        job = await scene.FindAsync(job.Id);
        Assert.Equal((JobStatus.Failed, 100, 100 * JobScene.CostOfAnswerUsd), (job.Status, job.Tally.Completed, job.Tally.CostUsd));
        Assert.Equal(100, (await scene.ReadAsync(job.OutputFileId)).Count);
    }

    [Fact]
    public async Task Job_FaultsFarApart_AreNotInARow()
    {
        var scene = new JobScene();
        var job = await scene.SubmitAsync(JobScene.Lines(2));

        for (var fault = 0; fault < 3 * scene.Options.MaxFaults; fault++)
        {
            Assert.False((await scene.Steps.NoteFaultAsync(job.Id, default)).IsDone);
            scene.Time.Advance(scene.Options.FaultMemory);
        }

        Assert.Equal(JobStatus.Validating, (await scene.FindAsync(job.Id)).Status);
    }

    [Fact]
    public async Task Job_HasEndedAndCannotBeTold_IsGivenUpLateAndKeepsItsResults()
    {
        var scene = new JobScene(router: new RouterBuilder().Model("mini").Webhooks("a-secret-to-sign-with").Build());
        var file = await scene.UploadAsync(JobScene.Lines(2));
        var job = await scene.RunAsync((await scene.SubmitAsync(file, static order => order with { CallbackUrl = "https://hooks.example/" })).Id);
        await scene.Steps.SweepAsync(null, default);
        Assert.Equal(2, scene.Launches.Count);

        var (waited, turns) = (TimeSpan.Zero, new Turns("the job to be given up"));
        while (await scene.Steps.NoteFaultAsync(job.Id, default) is { Again: { } wait })
        {
            turns.Take();
            waited += wait;
            scene.Time.Advance(wait);
        }

        job = await scene.FindAsync(job.Id);
        await scene.Steps.SweepAsync(null, default);
        Assert.Equal((JobStatus.Completed, 2), (job.Status, (await scene.ReadAsync(job.OutputFileId)).Count));
        Assert.True(job.IsNotified);
        Assert.InRange(waited, TimeSpan.FromHours(6), TimeSpan.FromHours(12));
        Assert.Equal(2, scene.Launches.Count);
    }

    [Fact]
    public async Task Request_FaultAfterACallThatWasPaid_KeepsWhatItCostOnTheBill()
    {
        var scene = new JobScene();
        var calls = 0;
        scene.Pipeline.Answer = (context, _) =>
        {
            calls++;
            var asked = new AttemptContext(context, context.Router.Models[0], DeploymentChoice.Fresh);
            asked.End(1, null, default, JobScene.CostOfAnswerUsd);
            context.SideCalls.Add(asked);
            throw new InvalidOperationException("a bug behind a paid call");
        };
        var order = new JobOrder { Kind = JobKind.Request, Caller = null, Endpoint = JobEndpoints.ChatCompletions, Body = """{"model":"mini","messages":[{"role":"user","content":"x"}]}"""u8.ToArray() };
        var job = (await scene.Jobs.Desk.SubmitAsync(order, default)).Job!;
        await scene.Steps.PrepareAsync(job.Id, default);

        var state = await scene.Steps.LookAtRequestAsync(job.Id, default);
        var turns = new Turns("the request to end");
        while (!state.IsOver)
        {
            turns.Take();
            scene.Time.Advance(state.Next(scene.Time.GetUtcNow()).Within);
            state = await scene.Steps.LookAtRequestAsync(job.Id, default);
        }

        Assert.True((await scene.Steps.CompleteAsync(job.Id, default)).IsDone);
        Assert.Equal((scene.Options.MaxFaults, calls * JobScene.CostOfAnswerUsd), (calls, (await scene.FindAsync(job.Id)).Tally.CostUsd));
    }

    [Fact]
    public async Task Request_TurnsThatPaidAreBrokenOffBeforeThereIsAPlan_TheirCostStaysOnTheBillToTheEnd()
    {
        var (scene, turns) = (new JobScene(), 0);
        scene.Pipeline.Answer = (context, _) =>
        {
            var (point, model) = ((DispatchResumePoint)context.ResumePoint!, context.Router.Models[0]);
            if (point.HasBegun)
            {
                var answer = JobScene.Echo(context);
                context.CostUsd = context.SpentUsd;
                return Task.FromResult(answer);
            }

            var asked = new AttemptContext(context, model, DeploymentChoice.Fresh) { Purpose = "second_opinion", Reason = AttemptReason.SideCall, WasSent = true };
            asked.End(1, null, default, JobScene.CostOfAnswerUsd);
            context.SideCalls.Add(asked);
            if (++turns < 3)
                throw new InvalidOperationException("a bug before the plan");
            (context.Route, context.Profile) = (context.Router.Targets["mini"], new RequestProfile());
            context.Plan = new RoutePlan { Candidates = [new PlannedCandidate(model, 0.5f, 0, null, 0, "", false)], Exclusions = [], Objective = ObjectiveNames.Order };
            point.Begin(context, RouteLimits.Default);
            return Task.FromResult<ChatOutcome>(ChatOutcome.Unfinished.Instance);
        };
        var order = new JobOrder { Kind = JobKind.Request, Caller = null, Endpoint = JobEndpoints.ChatCompletions, Body = """{"model":"mini","messages":[{"role":"user","content":"x"}]}"""u8.ToArray() };
        var job = (await scene.Jobs.Desk.SubmitAsync(order, default)).Job!;
        await scene.Steps.PrepareAsync(job.Id, default);

        var spent = new List<decimal>();
        var state = await scene.Steps.LookAtRequestAsync(job.Id, default);
        var bound = new Turns("the request to end");
        while (!state.IsOver)
        {
            bound.Take();
            var step = state.Next(scene.Time.GetUtcNow());
            if (state.History is { } history)
                spent.Add(history.SpentUsd);
            scene.Time.Advance(step.Within);
            state = step.Kind == DispatchStepKind.Wait ? await scene.Steps.LookAtRequestAsync(job.Id, default) : await scene.Steps.StepRequestAsync(state.Order(step), default);
        }

        Assert.True((await scene.Steps.CompleteAsync(job.Id, default)).IsDone);
        job = await scene.FindAsync(job.Id);
        var item = (await scene.Jobs.Desk.ResultAsync(job, default))!.Value.Item;
        Assert.Equal((3 * JobScene.CostOfAnswerUsd, 3, 0), (job.Tally.CostUsd, item.RequestHistory!.SideCalls.Length, item.SideCalls.Length));
        Assert.Equal([3 * JobScene.CostOfAnswerUsd], spent);
        Assert.Equal(3, item.Usage.Sum(static used => used.Tally.Attempts));
    }

    [Theory]
    [InlineData("Gladly.", "a check did not accept its answer", 8, 0)]
    [InlineData("I am sorry, but I cannot help with that.", "strong at", 0, 8)]
    public async Task Request_FaultsWithAnAnswerInHand_GivesItAndBillsWhatWasCalled(string answer, string failsAt, int judged, int asked)
    {
        await using var scene = await RequestScene.StartAsync(static route => Cascade(route), "cheap", "strong", "judge");
        scene.Fails = message => message.Contains(failsAt, StringComparison.Ordinal);
        scene.Restart(static route => Cascade(route), "cheap", "strong", "judge");
        scene.Vendor("cheap").Next(Reply.Text(answer).Usage(100, 10));
        scene.Vendor("strong").Default(Reply.Status(500));
        scene.Vendor("judge").Default(Reply.Text("""{"score":1}""").Usage(50, 5));

        var (job, item, body) = await scene.EndOfAsync((await scene.SubmitAsync()).Id);

        Assert.Equal((JobStatus.Completed, ItemState.Done, "cheap", answer), (job.Status, item.State, item.Model, RequestScene.TextOf(body)));
        Assert.Equal((1, judged, asked, 1), (scene.Calls("cheap"), scene.Calls("judge"), scene.Calls("strong"), scene.Records));
        Assert.Equal(CascadeEnding.HeldBackAfterFaults, scene.Taken[^1].Ending);
        Assert.Equal(await scene.Vendor("cheap").BilledUsdAsync() + await scene.Vendor("judge").BilledUsdAsync(), job.Tally.CostUsd);
        Assert.Equal(job.Tally.CostUsd, (decimal)body["usage"]!["cost"]!);
    }

    [Fact]
    public async Task Request_TheAnswerInHandCannotBeGivenEither_FailsAndSaysWhereToLook()
    {
        await using var scene = await RequestScene.StartAsync(static route => Cascade(route), "cheap", "strong", "judge");
        scene.Vendor("cheap").Next(Reply.Text("Gladly.").Usage(100, 10));
        var submitted = await scene.SubmitAsync();
        await scene.RunAsync(submitted.Id, static step => step.Kind == DispatchStepKind.Check);
        await BreakAsync(scene.Store, submitted.Id, item: 0);

        var (job, item, _) = await scene.EndOfAsync(submitted.Id);

        Assert.Equal((JobStatus.Completed, ItemState.Failed, 500), (job.Status, item.State, item.StatusCode));
        Assert.Equal(await scene.Vendor("cheap").BilledUsdAsync(), job.Tally.CostUsd);
    }

    private static void Cascade(RouteModelBuilder route) => route.Candidates("cheap", "strong").Cascade(["cheap", "strong"]).Judge("judge");

    /// <summary>A row that no router would write, so that reading its request throws; answers what stood there.</summary>
    private static async Task<int> BreakAsync(ITableStore store, string jobId, int item)
    {
        var row = (await store.GetAsync("jobitems", $"{jobId}.00000", $"i{item:D8}"))!;
        await store.WriteAsync("jobitems", TableOperation.UpsertReplace(row.With("InputAt", -5)));
        return row["InputAt"].AsInt32();
    }
}
