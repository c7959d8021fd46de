using System.Text;
using ServerlessRouter.Jobs;
using ServerlessRouter.Jobs.Services;
using ServerlessRouter.Testing.Models;
using Xunit;

namespace ServerlessRouter.Core.Tests.Jobs;

public sealed class QueueTests
{
    private const string Requests = """[{"custom_id":"a","body":{"messages":[{"role":"user","content":"one"}]}},{"custom_id":"b","body":{"model":"mini","messages":[{"role":"user","content":"two"}]}}]""";

    [Fact]
    public async Task Accept_Requests_BecomeABatchThatRunsAsTheKeyNamed()
    {
        var scene = new JobScene(router: new RouterBuilder().Model("mini").Key("sk-ann", "ann").Queue("ann").Build());
        var asked = new List<(string? Caller, string Model)>();
        scene.Pipeline.Answer = (context, _) =>
        {
            asked.Add((context.Recalled?.Name, context.Request.Model));
            return Task.FromResult(JobScene.Echo(context));
        };

        var outcome = await AcceptAsync(scene, $$$"""{"version":1,"key":"ann","model":"mini","requests":{{{Requests}}},"metadata":{"team":"search"}}""");
        await scene.Steps.PrepareAsync(outcome.Job.Id, default);
        for (var item = 0; item < 2; item++)
            await scene.Steps.RunItemAsync(new(outcome.Job.Id, item), default);
        await scene.Steps.CompleteAsync(outcome.Job.Id, default);

        Assert.Null(outcome.PoisonReason);
        Assert.Equal([("ann", "mini"), ("ann", "mini")], asked);
        var job = await scene.FindAsync(outcome.Job.Id, "ann");
        Assert.Equal((JobStatus.Completed, """{"team":"search"}"""), (job.Status, job.Metadata));
        Assert.Equal(["a", "b"], (await scene.ReadAsync(job.OutputFileId, "ann")).Keys);
    }

    [Fact]
    public async Task Accept_DeliveredTwice_IsTheSameJobAndRunsOnce()
    {
        var scene = new JobScene();
        var message = $$"""{"model":"mini","requests":{{Requests}}}""";

        var first = await AcceptAsync(scene, message);
        await scene.RunAsync(first.Job.Id);
        var second = await AcceptAsync(scene, message);
        var other = await AcceptAsync(scene, message, "m-2");

        Assert.Equal(first.Job.Id, second.Job.Id);
        Assert.NotEqual(first.Job.Id, other.Job.Id);
        Assert.Equal(2, (await scene.Jobs.Desk.ListBatchesAsync(null, null, 10, default)).Entries.Count);
    }

    [Fact]
    public async Task Accept_SameIdempotencyKeyForAnotherMessage_IsPoison()
    {
        var scene = new JobScene();
        await AcceptAsync(scene, $$"""{"model":"mini","idempotencyKey":"k","requests":{{Requests}}}""");

        var again = await AcceptAsync(scene, $$"""{"model":"mini","idempotencyKey":"k","requests":{{Requests}}}""", "m-2");
        var other = await AcceptAsync(scene, $$"""{"model":"other","idempotencyKey":"k","requests":{{Requests}}}""", "m-3");

        Assert.Null(again.PoisonReason);
        Assert.Contains("idempotency key was used for another", other.PoisonReason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Accept_Blobs_InputIsReadAndOutputIsWritten()
    {
        var scene = new JobScene();
        var blobs = new MemoryBlobs { ["in/night.jsonl"] = Encoding.UTF8.GetBytes(string.Join('\n', JobScene.Lines(120))) };
        scene.Jobs.Blobs = blobs;

        var outcome = await AcceptAsync(scene, """{"input":"in/night.jsonl","output":"out/night"}""");
        await scene.RunAsync(outcome.Job.Id);
        await scene.Steps.SweepAsync(null, default);
        Assert.Equal(2, scene.Launches.Count);
        await scene.Steps.ExportAsync(outcome.Job.Id, default);
        await scene.Steps.SweepAsync(null, default);

        Assert.Equal(120, Encoding.UTF8.GetString(blobs["out/night.output.jsonl"]).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.False(blobs.ContainsKey("out/night.errors.jsonl"));
        Assert.Equal(2, scene.Launches.Count);
    }

    [Theory]
    [InlineData("""{"input":"in/none.jsonl"}""", "no blob 'in/none.jsonl'")]
    [InlineData("""{"requests":[]}""", "either 'requests'")]
    [InlineData("""{"input":"a","requests":[{"custom_id":"a","body":{}}]}""", "either 'requests'")]
    [InlineData("""{"input":"../secrets"}""", "'input' must name a blob")]
    [InlineData("""{"input":"/etc/passwd"}""", "'input' must name a blob")]
    [InlineData("""{"input":"a/.hidden"}""", "'input' must name a blob")]
    [InlineData("""{"input":"a","output":"b//c"}""", "'output' must name a blob")]
    [InlineData("""{"requests":[{"body":{}}]}""", "requests[0] must be an object with a text 'custom_id'")]
    [InlineData("""{"requests":[{"custom_id":"a","body":[]}]}""", "requests[0] has no 'body'")]
    [InlineData("""{"input":"a","modle":"mini"}""", "a member 'modle' that is none of")]
    [InlineData("""{"input":"a","version":2}""", "'version' must be 1")]
    [InlineData("""{"input":"a","endpoint":"/v1/images"}""", "'endpoint' must be")]
    [InlineData("""{"input":7}""", "'input' must be a text")]
    [InlineData("""{"input":"a","metadata":{"x":1}}""", "'metadata' must be an object")]
    [InlineData("""{"input":"in/night.jsonl","completionWindow":"soon"}""", "completion_window is 'soon'")]
    [InlineData("""{"input":"in/night.jsonl","callback":"https://hooks.example/"}""", "webhooks.secret")]
    [InlineData("""{"input":"in/night.jsonl","key":"eve"}""", null)]
    [InlineData("""{"input":"\ud800"}""", "escape that is no character")]
    [InlineData("""{"key":"\ud800","input":"a"}""", "escape that is no character")]
    [InlineData("[]", "not a JSON object")]
    [InlineData("{", "not valid JSON: line 1, column 2: The text ends here")]
    [InlineData("", "not valid JSON")]
    public async Task Accept_FaultyMessage_IsPoisonAndTheReasonStaysOnAJob(string message, string? reason)
    {
        var scene = new JobScene();
        scene.Jobs.Blobs = new MemoryBlobs { ["in/night.jsonl"] = Encoding.UTF8.GetBytes(JobScene.Line("a")) };

        var outcome = await AcceptAsync(scene, message);
        var again = await AcceptAsync(scene, message);

        Assert.Equal(outcome.Job.Id, again.Job.Id);
        if (reason is null)
        {
            // While no key is configured every caller may call, under any name.
            Assert.Null(outcome.PoisonReason);
            return;
        }

        Assert.Contains(reason, outcome.PoisonReason, StringComparison.Ordinal);
        var listed = Assert.Single((await scene.Jobs.Desk.ListBatchesAsync(null, null, 10, default)).Entries);
        Assert.Equal((JobStatus.Failed, outcome.PoisonReason), (listed.Status, Assert.Single(listed.Problems).Message));
        Assert.Empty(scene.Launches);
    }

    [Theory]
    [InlineData(200, 2, true)]
    [InlineData(201, 1, false)]
    [InlineData(170, 3, true)]
    [InlineData(171, 3, false)]
    [InlineData(1, 100, true)]
    [InlineData(1, 101, false)]
    public async Task Accept_NamesOfBlobs_AreTakenAsFarAsEveryStoreCanKeepThem(int length, int parts, bool isTaken)
    {
        var name = string.Join('/', Enumerable.Repeat(new string('n', length), parts));
        var scene = new JobScene();
        scene.Jobs.Blobs = new MemoryBlobs { [name] = Encoding.UTF8.GetBytes(JobScene.Line("a")) };

        var output = await AcceptAsync(scene, $$"""{"model":"mini","requests":{{Requests}},"output":"{{name}}"}""", "m-1");
        var input = await AcceptAsync(scene, $$"""{"input":"{{name}}"}""", "m-2");

        Assert.Equal((isTaken, isTaken), (output.PoisonReason is null, input.PoisonReason is null));
        if (!isTaken)
            Assert.Contains("'output' is too long for the name of a blob", output.PoisonReason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"input":"a","key":"eve"}""")]
    [InlineData("""{"input":"a"}""")]
    public async Task Accept_KeyThatIsNotConfigured_IsPoison(string message)
    {
        var scene = new JobScene(router: new RouterBuilder().Model("mini").Key("sk-ann", "ann").Build());

        var outcome = await AcceptAsync(scene, message);

        Assert.Equal(("unknown_key", "key"), (outcome.Job.Problems[0].Code, outcome.Job.Problems[0].Param));
    }

    [Theory]
    [InlineData("ann", true)]
    [InlineData("bob", true)]
    [InlineData("eve", false)]
    public async Task Accept_KeyThatIsThereButNotListed_IsPoisonAndTheReasonStaysOnItsJob(string key, bool isAllowed)
    {
        var router = new RouterBuilder().Model("mini").Key("sk-ann", "ann").Key("sk-bob", "bob", "batch").Key("sk-eve", "eve").Queue(["ann"], ["batch"]).Build();
        var scene = new JobScene(router: router);

        var outcome = await AcceptAsync(scene, $$"""{"key":"{{key}}","model":"mini","requests":{{Requests}}}""");

        Assert.Equal(isAllowed, outcome.PoisonReason is null);
        Assert.Equal(isAllowed ? 1 : 0, scene.Launches.Count);
        if (isAllowed)
            return;
        var problem = Assert.Single((await scene.FindAsync(outcome.Job.Id, key)).Problems);
        Assert.Equal(("key_not_allowed", "key"), (problem.Code, problem.Param));
        Assert.Contains("queue.keys", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Accept_NothingListed_EveryKeyIsRefused()
    {
        var scene = new JobScene(router: new RouterBuilder().Model("mini").Key("sk-ann", "ann").Build());

        Assert.Equal("key_not_allowed", (await AcceptAsync(scene, $$"""{"key":"ann","model":"mini","requests":{{Requests}}}""")).Job.Problems[0].Code);
    }

    [Fact]
    public async Task Accept_KeyOfAMegabyte_IsPoisonAllTheSame()
    {
        var scene = new JobScene(router: new RouterBuilder().Model("mini").Key("sk-ann", "ann").Build());

        Assert.NotNull((await AcceptAsync(scene, $$"""{"input":"a","key":"{{new string('k', 1 << 20)}}"}""")).PoisonReason);
    }

    [Fact]
    public async Task Poison_MessageTheQueueGaveUpOn_KeepsTheReasonForItsCaller()
    {
        var scene = new JobScene(router: new RouterBuilder().Model("mini").Key("sk-ann", "ann").Build());

        var outcome = await scene.Jobs.Queue.PoisonAsync("m-1", """{"key":"ann","input":"a"}"""u8.ToArray(), "It could not be read five times.", default);

        var job = await scene.FindAsync(outcome.Job.Id, "ann");
        Assert.Equal((JobStatus.Failed, "It could not be read five times."), (job.Status, job.Problems[0].Message));
    }

    private static async Task<QueueOutcome> AcceptAsync(JobScene scene, string message, string id = "m-1") =>
        await scene.Jobs.Queue.AcceptAsync(id, Encoding.UTF8.GetBytes(message), default);
}
