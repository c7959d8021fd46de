using ServerlessRouter.Chat;
using ServerlessRouter.Core.Tests.Recording.Usage;
using ServerlessRouter.Domain;
using ServerlessRouter.Errors;
using ServerlessRouter.Jobs;
using ServerlessRouter.Jobs.Steps;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Recording.Usage;
using ServerlessRouter.State;
using ServerlessRouter.State.Memory;
using ServerlessRouter.Testing.Chance;
using ServerlessRouter.Testing.Time;
using ServerlessRouter.Testing.Upstreams;
using Xunit;

namespace ServerlessRouter.Core.Tests.Jobs;

/// <summary>What the items of jobs used stands in the books exactly once, as in the job's own figures.</summary>
public sealed class JobUsageTests
{
    [Fact]
    public async Task Batch_EveryStepDeliveredTwice_CountsEveryItemOnce()
    {
        var scene = Billed(new JobScene());
        var job = await scene.PreparedAsync(JobScene.Lines(120));
        for (var item = 0; item < 240; item++)
            await scene.Steps.RunItemAsync(new(job.Id, item % 120), default);
        for (var time = 0; time < 2; time++)
        {
            await scene.Steps.SettleChunkAsync(new(job.Id, 0), default);
            await scene.Steps.SettleChunkAsync(new(job.Id, 1), default);
        }

        await scene.Steps.CompleteAsync(job.Id, default);

        await AssertUsageAsync(scene, new UsageTally { Requests = 120, Attempts = 120, PromptTokens = 1200, CompletionTokens = 600, CostUsd = (await scene.FindAsync(job.Id)).Tally.CostUsd });
    }

    [Fact]
    public async Task Item_FailsForAWhile_CountsOnceWithTheCallsOfEveryTry()
    {
        var scene = new JobScene();
        var tries = 0;
        scene.Pipeline.Answer = (context, _) => Task.FromResult(++tries < 3 ? Fail(context) : Answer(context));
        var job = await scene.RunAsync((await scene.SubmitAsync(JobScene.Line("a"))).Id);

        await AssertUsageAsync(scene, new UsageTally { Requests = 1, Attempts = 3, FailedAttempts = 2, PromptTokens = 30, CompletionTokens = 5, CostUsd = job.Tally.CostUsd });
    }

    [Fact]
    public async Task Item_NeverSucceeds_IsOneFailure()
    {
        var scene = new JobScene(new JobOptions { MaxTries = 2 });
        scene.Pipeline.Answer = static (context, _) => Task.FromResult<ChatOutcome>(Fail(context));
        var job = await scene.RunAsync((await scene.SubmitAsync(JobScene.Line("a"))).Id);

        await AssertUsageAsync(scene, new UsageTally { Requests = 1, Failures = 1, Attempts = 2, FailedAttempts = 2, PromptTokens = 20, CostUsd = job.Tally.CostUsd });
    }

    /// <summary>The process dies after each of the calls that settling takes, and between two tries the hour is rolled up.</summary>
    [Theory, InlineData(false), InlineData(true)]
    public async Task SettleChunk_BreaksOffAnywhereAndIsRepeated_CountsOnce(bool isRolledUpBetween)
    {
        for (var calls = 0; ; calls++)
        {
            var time = new ManualTimeProvider();
            var fickle = new FickleStore(new MemoryTableStore(time), new SeededRandomSource(1));
            var scene = Billed(new JobScene(store: fickle, time: time));
            var job = await scene.PreparedAsync(JobScene.Lines(3));
            for (var item = 0; item < 3; item++)
                await scene.Steps.RunItemAsync(new(job.Id, item), default);

            fickle.CallsLeft = calls;
            var broke = await Record.ExceptionAsync(async () => await scene.Steps.SettleChunkAsync(new ChunkRef(job.Id, 0), default)) is not null;
            fickle.CallsLeft = null;
            if (isRolledUpBetween)
            {
                time.Advance(TimeSpan.FromHours(2));
                await new UsageRollUp(fickle, new UsageOptions(), time).RunAsync(default);
            }

            await scene.Steps.CompleteAsync(job.Id, default);
            await AssertUsageAsync(scene, new UsageTally { Requests = 3, Attempts = 3, PromptTokens = 30, CompletionTokens = 15, CostUsd = (await scene.FindAsync(job.Id)).Tally.CostUsd });
            if (!broke)
                break;
        }
    }

    [Fact]
    public async Task Ledger_RequestOfAJob_LeavesItToTheJob()
    {
        var fleet = new UsageFleet();
        var books = fleet.Join();
        var context = UsageFleet.Begin("team");
        books.Listener.OnSettled(new RequestContext("b.0", context.Router, context.Request, context.Headers, 0) { Recalled = new RecalledCaller("team") });
        await UsageFleet.FlushAsync(books);

        Assert.Empty(await fleet.ReadAsync(UsageBucket.Day));
    }

    [Fact]
    public async Task Item_UsedMoreThanARowHolds_KeepsTheSums()
    {
        var scene = new JobScene();
        scene.Pipeline.Answer = static (context, _) =>
        {
            for (var number = 0; number < 400; number++)
            {
                var attempt = new AttemptContext(context, context.Router.Models[0], DeploymentChoice.Fresh) { Deployment = Dispatch.Given.Deployment($"vendor/{number}-{new string('x', 100)}"), WasSent = true };
                attempt.End(1, null, new TokenUsage(10, 5), 0.01m);
                context.Attempts.Add(attempt);
            }

            return Task.FromResult(JobScene.Echo(context));
        };
        await scene.RunAsync((await scene.SubmitAsync(JobScene.Line("a"))).Id);

        await AssertUsageAsync(scene, new UsageTally { Requests = 1, Attempts = 400, PromptTokens = 4000, CompletionTokens = 2000, CostUsd = 4m });
    }

    /// <summary>Three calls in two turns, ten minutes apart.</summary>
    [Fact]
    public async Task Request_AnsweredInSeveralTurns_CountsOnceWithTheCallsOfAll()
    {
        await using var scene = await RequestScene.StartAsync(static route => route.Candidates("a", "b"), "a", "b");
        var busy = Reply.RateLimited().Header("Retry-After", "600");
        scene.Vendor("a").Next(busy, Reply.Text("Here.").Usage(100, 10));
        scene.Vendor("b").Next(busy);

        var (job, _, _) = await scene.EndOfAsync((await scene.SubmitAsync()).Id);

        await AssertUsageAsync(scene.Store, scene.Time, new UsageTally { Requests = 1, Attempts = 3, FailedAttempts = 2, Fallbacks = 2, PromptTokens = 100, CompletionTokens = 10, CostUsd = job.Tally.CostUsd });
    }

    private static Task AssertUsageAsync(JobScene scene, UsageTally expected) => AssertUsageAsync(scene.Store, scene.Time, expected);

    private static async Task AssertUsageAsync(ITableStore store, TimeProvider time, UsageTally expected)
    {
        var today = UsageTables.DayOf(time.GetUtcNow());
        var page = (await new UsageReader(store, new UsageOptions(), time).ReadAsync(new UsageQuery { From = today.AddDays(-1), To = today.AddDays(1), Limit = 10 }, default)).Page!;

        Assert.Equal(expected, page.Sums.Aggregate(default(UsageTally), static (sum, more) => sum + more.Tally));
    }

    private static JobScene Billed(JobScene scene)
    {
        scene.Pipeline.Answer = static (context, _) => Task.FromResult(Answer(context));
        return scene;
    }

    private static ChatOutcome Answer(RequestContext context)
    {
        context.Error = null;
        context.Answered = Attempt(context, null, new TokenUsage(10, 5));
        var outcome = JobScene.Echo(context);
        context.CostUsd = context.SpentUsd;
        return outcome;
    }

    private static ChatOutcome.Failed Fail(RequestContext context)
    {
        Attempt(context, new AttemptFailure(FailureKind.ServerError, "down"), new TokenUsage(10, 0));
        context.CostUsd = context.SpentUsd;
        context.Error = new RouterError(RouterErrorCode.UpstreamError, "down");
        return new ChatOutcome.Failed(context.Error);
    }

    private static AttemptContext Attempt(RequestContext context, AttemptFailure? failure, TokenUsage usage)
    {
        var model = context.Router.Models[0];
        var attempt = new AttemptContext(context, model, DeploymentChoice.Fresh) { Deployment = model.Deployments[0], WasSent = true };
        attempt.End(1, failure, usage, 0.01m);
        context.Attempts.Add(attempt);
        return attempt;
    }
}
