using System.Text.Json.Nodes;
using ServerlessRouter.Dispatch;
using ServerlessRouter.Domain;
using ServerlessRouter.Jobs;
using ServerlessRouter.Jobs.Requests;
using ServerlessRouter.Jobs.Rows;
using ServerlessRouter.Pipeline;
using ServerlessRouter.State;
using ServerlessRouter.Testing.Upstreams;
using Xunit;

namespace ServerlessRouter.Core.Tests.Jobs;

/// <summary>What was called for a single request stands in its record, also where no turn brought it to its end.</summary>
public sealed class RequestJobRecordTests
{
    private static readonly AttemptTrace Asked = new()
    {
        Model = "a",
        Deployment = "a/a",
        Choice = DeploymentChoice.Fresh,
        Reason = AttemptReason.SideCall,
        Purpose = "second_opinion",
        StartedAfter = TimeSpan.FromSeconds(1),
        EndedAfter = TimeSpan.FromSeconds(2),
        WasSent = true,
        Usage = new TokenUsage(100, 10),
        CostUsd = 0.25m,
    };

    [Fact]
    public async Task Request_PaidBeforeItHadAPlanAndExpired_LeavesARecord()
    {
        await using var scene = await RequestScene.StartAsync(static route => route.Candidates("a"), "a");
        var submitted = await scene.SubmitAsync("a secret prompt", window: "1h");
        await PayAsync(scene.Store, submitted.Id);

        scene.Time.Advance(TimeSpan.FromHours(2));
        await scene.EndOfAsync(submitted.Id);

        var record = Assert.IsType<JsonObject>(await scene.RecordAsync(submitted.Id));
        Assert.Equal((504, "timeout", 1), ((int)record["status"]!, (string?)record["error"], scene.Records));
        AssertTellsWhatWasPaid(scene, record);
    }

    [Fact]
    public async Task Request_PaidBeforeItHadAPlanAndCancelled_LeavesARecord()
    {
        await using var scene = await RequestScene.StartAsync(static route => route.Candidates("a"), "a");
        var submitted = await scene.SubmitAsync("a secret prompt");
        await PayAsync(scene.Store, submitted.Id);

        await scene.CancelAsync(submitted.Id);
        await scene.RunAsync(submitted.Id);

        var record = Assert.IsType<JsonObject>(await scene.RecordAsync(submitted.Id));
        Assert.Equal((499, 1), ((int)record["status"]!, scene.Records));
        AssertTellsWhatWasPaid(scene, record);
    }

    [Fact]
    public async Task Request_EndsWithoutAnyCall_LeavesNone()
    {
        await using var scene = await RequestScene.StartAsync(static route => route.Candidates("a"), "a");
        var submitted = await scene.SubmitAsync(window: "1h");

        scene.Time.Advance(TimeSpan.FromHours(2));
        await scene.EndOfAsync(submitted.Id);

        Assert.Null(await scene.RecordAsync(submitted.Id));
        Assert.Equal(0, scene.Records);
    }

    [Fact]
    public async Task Request_GivenUpAfterFaults_LeavesARecordOfItsCalls()
    {
        await using var scene = await RequestScene.StartAsync(static route => route.Candidates("a"), "a");
        scene.Fails = static message => message.Contains("gave up", StringComparison.Ordinal);
        scene.Restart(static route => route.Candidates("a"), "a");
        scene.Vendor("a").Default(Reply.Status(400));

        var (_, item, _) = await scene.EndOfAsync((await scene.SubmitAsync()).Id);

        var record = Assert.IsType<JsonObject>(await scene.RecordAsync(item.JobId));
        Assert.Equal((ItemState.Failed, 500, 1), (item.State, (int)record["status"]!, scene.Records));
        Assert.Equal("request_rejected", (string?)Assert.Single(record["attempts"]!.AsArray())!["outcome"]);
    }

    [Fact]
    public async Task Request_JudgedAndItsRouteIsGone_IsRefusedAndLeavesARecordOfItsCalls()
    {
        await using var scene = await RequestScene.StartAsync(static route => route.Candidates("a", "b").Cascade(["a", "b"]).Judge("judge"), "a", "b", "judge");
        scene.Vendor("a").Next(Reply.Text("Gladly."));
        scene.Vendor("judge").Default(Reply.Text("""{"score":0.1}"""));
        var submitted = await scene.SubmitAsync();
        await scene.RunAsync(submitted.Id, static step => step.Kind == DispatchStepKind.Attempt && step.Candidate == 1);

        scene.RestartWithoutRoute("a", "b", "judge");
        var (_, item, _) = await scene.EndOfAsync(submitted.Id);

        Assert.Equal((ItemState.Failed, 404), (item.State, item.StatusCode));
        var record = Assert.IsType<JsonObject>(await scene.RecordAsync(submitted.Id));
        Assert.Equal((404, 2), ((int)record["status"]!, record["attempts"]!.AsArray().Count));
    }

    [Fact]
    public async Task Request_CancelledAndItsRouteIsGone_LeavesARecordOfItsOwnEnding()
    {
        await using var scene = await RequestScene.StartAsync(static route => route.Candidates("a"), "a");
        var submitted = await scene.SubmitAsync("a secret prompt");
        await PayAsync(scene.Store, submitted.Id);

        scene.RestartWithoutRoute("a");
        await scene.CancelAsync(submitted.Id);
        await scene.RunAsync(submitted.Id);

        var record = Assert.IsType<JsonObject>(await scene.RecordAsync(submitted.Id));
        Assert.Equal((499, 0.25m), ((int)record["status"]!, (decimal)record["cost"]!));
    }

    private static void AssertTellsWhatWasPaid(RequestScene scene, JsonNode record)
    {
        Assert.Equal(("job", scene.Route, 0.25m), ((string?)record["kind"], (string?)record["route"], (decimal)record["cost"]!));
        Assert.Equal("second_opinion", (string?)Assert.Single(record["attempts"]!.AsArray())!["purpose"]);
        Assert.DoesNotContain("secret", record.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(0, scene.Calls("a"));
    }

    /// <summary>As a turn leaves the item that was broken off behind a second opinion.</summary>
    private static async Task PayAsync(ITableStore store, string jobId)
    {
        var row = (await store.GetAsync(JobTables.Items, JobTables.ItemsPartition(jobId, 0), JobTables.ItemKey(0)))!;
        var paid = JobItemRow.Read(row) with { SideCalls = [Asked], Bill = new JobTally { CostUsd = Asked.CostUsd } };
        await store.WriteAsync(JobTables.Items, TableOperation.UpsertReplace(JobItemRow.Write(paid)));
    }
}
