using ServerlessRouter.Configuration;
using ServerlessRouter.Dispatch;
using ServerlessRouter.Jobs;
using ServerlessRouter.Testing.Upstreams;
using Xunit;

namespace ServerlessRouter.Core.Tests.Jobs;

/// <summary>A single request of a job that a cascade answers: the kept answer outlives the process, and everything that was asked is on one bill.</summary>
public sealed class RequestJobCascadeTests
{
    [Fact]
    public async Task Cascade_CheapIsRejected_TheStrongAnswersOnOneBill()
    {
        await using var scene = await RequestScene.StartAsync(static route => route.Candidates("cheap", "strong").Cascade(["cheap", "strong"]), "cheap", "strong");
        scene.Vendor("cheap").Next(Reply.Text("I am sorry, but I cannot help with that.").Usage(100, 10));
        scene.Vendor("strong").Next(Reply.Text("Gladly.").Usage(100, 20));

        var (job, item, body) = await scene.EndOfAsync((await scene.SubmitAsync()).Id);

        Assert.Equal((JobStatus.Completed, "Gladly.", "strong"), (job.Status, RequestScene.TextOf(body), item.Model));
        Assert.Equal([DispatchStepKind.Attempt, DispatchStepKind.Check, DispatchStepKind.Attempt], scene.Taken.Select(static step => step.Kind));
        Assert.Equal((1, 1, 1), (scene.Calls("cheap"), scene.Calls("strong"), scene.Records));
        Assert.True(item.RequestHistory!.Attempts[0].IsRejected);
        Assert.Equal(await scene.Vendor("cheap").BilledUsdAsync() + await scene.Vendor("strong").BilledUsdAsync(), job.Tally.CostUsd);
        Assert.Equal((200, 30), (job.Tally.PromptTokens, job.Tally.CompletionTokens));
    }

    [Theory]
    [InlineData("Gladly.", DispatchStepKind.Check)]
    [InlineData("I am sorry, but I cannot help with that.", DispatchStepKind.Accept)]
    public async Task Cascade_ProcessDiesAfterAnAnswerWasKept_GivesItWithoutAskingAgain(string answer, DispatchStepKind last)
    {
        await using var scene = await RequestScene.StartAsync(static route => route.Candidates("cheap", "strong").Cascade(["cheap", "strong"]), "cheap", "strong");
        scene.Vendor("cheap").Next(Reply.Text(answer).Usage(100, 10));
        scene.Vendor("strong").Default(Reply.QuotaExhausted());
        var submitted = await scene.SubmitAsync();

        await scene.RunAsync(submitted.Id, static step => step.Kind == DispatchStepKind.Check);
        scene.Restart(static route => route.Candidates("cheap", "strong").Cascade(["cheap", "strong"]), "cheap", "strong");
        await scene.RunAsync(submitted.Id, static step => step.Kind == DispatchStepKind.Accept);
        scene.Restart(static route => route.Candidates("cheap", "strong").Cascade(["cheap", "strong"]), "cheap", "strong");
        var (job, item, body) = await scene.EndOfAsync(submitted.Id);

        Assert.Equal((answer, "cheap", last), (RequestScene.TextOf(body), item.Model, scene.Taken[^1].Kind));
        Assert.Equal((1, 1), (scene.Calls("cheap"), scene.Records));
        Assert.Equal(await scene.Vendor("cheap").BilledUsdAsync(), job.Tally.CostUsd);
        Assert.Equal(job.Tally.CostUsd, (decimal)body["usage"]!["cost"]!);
    }

    [Fact]
    public async Task Cascade_IsNoLongerConfigured_GivesTheKeptAnswerUnchecked()
    {
        await using var scene = await RequestScene.StartAsync(static route => route.Candidates("cheap", "strong").Cascade(["cheap", "strong"]), "cheap", "strong");
        scene.Vendor("cheap").Next(Reply.Text("I am sorry, but I cannot help with that."));
        var submitted = await scene.SubmitAsync();
        await scene.RunAsync(submitted.Id, static step => step.Kind == DispatchStepKind.Check);

        scene.Restart(static route => route.Candidates("cheap", "strong"), "cheap", "strong");
        var (_, item, _) = await scene.EndOfAsync(submitted.Id);

        Assert.Equal(("cheap", 0), (item.Model, scene.Calls("strong")));
    }

    [Fact]
    public async Task Cascade_MoneyIsSpentOnAnswersOfNoWorth_NoFurtherRoundIsBegun()
    {
        var limits = RouteLimits.Default with { CostUsd = 0.0001m };
        await using var scene = await RequestScene.StartAsync(route => route.Candidates("cheap", "strong").Cascade(["cheap", "strong"]).Limits(limits), "cheap", "strong");
        scene.Vendor("cheap").Default(Reply.Text("").Usage(100, 10));

        var (job, item, _) = await scene.EndOfAsync((await scene.SubmitAsync()).Id);

        Assert.Equal((502, 1, 0, 1), (item.StatusCode, scene.Calls("cheap"), scene.Calls("strong"), item.Tries));
        Assert.Equal(await scene.Vendor("cheap").BilledUsdAsync(), job.Tally.CostUsd);
    }

    [Fact]
    public async Task Cascade_CancelledWithAnAnswerInHand_BillsWhatWasSpent()
    {
        await using var scene = await RequestScene.StartAsync(static route => route.Candidates("cheap", "strong").Cascade(["cheap", "strong"]), "cheap", "strong");
        scene.Vendor("cheap").Next(Reply.Text("I am sorry, but I cannot help with that.").Usage(100, 10));
        var submitted = await scene.SubmitAsync();
        await scene.RunAsync(submitted.Id, static step => step.Candidate == 1);

        await scene.CancelAsync(submitted.Id);
        await scene.RunAsync(submitted.Id);
        Assert.True((await scene.Steps.FinishAsync(submitted.Id, default)).IsDone);

        var job = await scene.FindAsync(submitted.Id);
        Assert.Equal((JobStatus.Cancelled, 0, 1), (job.Status, scene.Calls("strong"), scene.Records));
        Assert.Equal(await scene.Vendor("cheap").BilledUsdAsync(), job.Tally.CostUsd);
    }
}
