using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using ServerlessRouter.Configuration;
using ServerlessRouter.Jobs;
using ServerlessRouter.Jobs.Local;
using ServerlessRouter.Jobs.Services;
using ServerlessRouter.LocalHost.Jobs;
using ServerlessRouter.Providers;
using ServerlessRouter.State;
using ServerlessRouter.State.Memory;
using ServerlessRouter.Testing;
using ServerlessRouter.Testing.Models;
using ServerlessRouter.Testing.Time;
using ServerlessRouter.Testing.Upstreams;
using Xunit;

namespace ServerlessRouter.FunctionalTests.Jobs;

/// <summary>The engine of one machine on a clock that the test moves.</summary>
public sealed class LocalJobRunnerTests : IAsyncLifetime
{
    private static readonly TimeSpan Move = TimeSpan.FromSeconds(5);

    private readonly ManualTimeProvider _time = new();
    private MemoryTableStore _store = null!;
    private FakeUpstream _upstream = null!;
    private RouterServices _router = null!;
    private JobServices _jobs = null!;
    private LocalJobRunner _runner = null!;

    public async Task InitializeAsync()
    {
        _store = new MemoryTableStore(_time);
        _upstream = await FakeUpstream.StartAsync();
        var model = new RouterBuilder().Provider("vendor", provider => provider.Kind(ProviderKinds.OpenAI, _upstream.OpenAiAddress))
            .Model("mini", static model => model.At("vendor")).Build();
        _router = RouterServices.Create(new RouterServicesOptions { Models = new RouterModelSource(model), Store = _store, Time = _time });
        _jobs = JobServices.Over(_router);
        _runner = new LocalJobRunner(_jobs, new LocalJobRunnerOptions(), _time, NullLogger<LocalJobRunner>.Instance);
    }

    public async Task DisposeAsync()
    {
        await _runner.DisposeAsync();
        await _router.DisposeAsync();
        _jobs.Dispose();
        await _upstream.DisposeAsync();
    }

    [Fact]
    public async Task Request_ProviderAsksToWaitAnHour_IsAnsweredAfterItWithOneSlotFreeAllTheTime()
    {
        _upstream.Next(Reply.RateLimited().Header("Retry-After", "3600"), Reply.Text("Here."));
        _jobs.Launcher = _runner;
        var job = await SubmitAsync();
        await _upstream.WaitForAnswerAsync();

        job = await EndOfAsync(job.Id);

        Assert.Equal((JobStatus.Completed, 1, 2), (job.Status, job.Tally.Completed, _upstream.Books.Requests.Count));
        Assert.InRange(job.EndedAt!.Value - job.CreatedAt, TimeSpan.FromHours(1), TimeSpan.FromHours(1.1));
    }

    /// <summary>A timer cuts off what is less than a millisecond: the job woke before its moment, and looked at the store again and again until that had come.</summary>
    [Fact]
    public async Task Wait_EndsWithinAMillisecond_IsSleptToItsEnd()
    {
        using var job = new RunningJob("job", JobKind.Request, _time);

        var waiting = job.WaitAsync(TimeSpan.FromMilliseconds(1.5), default);
        Assert.Equal(TimeSpan.FromMilliseconds(2), _time.FirstDueIn);
        _time.Advance(TimeSpan.FromMilliseconds(2));

        await Patience.WaitAsync(waiting, static () => "the wait to end");
    }

    [Fact]
    public async Task Job_InputCannotBeRead_FailsAfterAFewTries()
    {
        var file = await UploadAsync();
        var order = new JobOrder { Kind = JobKind.Batch, Caller = null, Endpoint = JobEndpoints.ChatCompletions, InputFileId = file.Id };
        var job = (await _jobs.Desk.SubmitAsync(order, default)).Job!;
        // A row that no router would write, so that preparing throws.
        await _store.WriteAsync("jobcontent", TableOperation.UpsertReplace(new TableEntity(file.Id, "0000000000")));

        await _runner.LaunchAsync(job.Id, job.Kind, default);
        job = await EndOfAsync(job.Id);

        Assert.Equal((JobStatus.Failed, "router_fault"), (job.Status, job.Problems[0].Code));
        Assert.InRange(job.EndedAt!.Value - job.CreatedAt, TimeSpan.FromMinutes(5), TimeSpan.FromHours(1));
    }

    [Fact]
    public async Task Output_ItsPlaceIsAway_HoldsNoPlaceOfTheRunnerAndIsPutThereOnceItIsBack()
    {
        var folder = Directory.CreateTempSubdirectory("router-blobs-");
        // A file in place of the folder: nothing can be written there.
        var place = Path.Combine(folder.FullName, "blobs");
        await File.WriteAllTextAsync(place, "");
        _jobs.Blobs = new FolderBlobs(place);
        await using var runner = new LocalJobRunner(_jobs, new LocalJobRunnerOptions { MaxJobs = 1 }, _time, NullLogger<LocalJobRunner>.Instance);
        _jobs.Launcher = runner;
        var order = new JobOrder { Kind = JobKind.Batch, Caller = null, Endpoint = JobEndpoints.ChatCompletions, InputFileId = (await UploadAsync(JobClient.Line("a", model: "mini"))).Id, OutputTo = "night" };
        var waiting = (await _jobs.Desk.SubmitAsync(order, default)).Job!;
        await Eventually.HoldsAsync(async () => (await FindAsync(waiting.Id)).NextExportAt is not null, "the output that waits");
        waiting = await FindAsync(waiting.Id);

        var other = await SubmitAsync();
        await SweptUntilAsync(async () => (await FindAsync(other.Id)).HasEnded, "the end of the other job");
        File.Delete(place);
        Directory.CreateDirectory(place);
        _time.Advance(waiting.NextExportAt!.Value - _time.GetUtcNow());
        await SweptUntilAsync(async () => (await FindAsync(waiting.Id)).IsExported, "the output");

        Assert.True(File.Exists(Path.Combine(place, "night.output.jsonl")));
        folder.Delete(recursive: true);
    }

    /// <summary>On a clock that stands still.</summary>
    private Task SweptUntilAsync(Func<Task<bool>> condition, string what) => Eventually.HoldsAsync(
        async () =>
        {
            if (await condition())
                return true;
            await _jobs.Steps.SweepAsync(null, default);
            return false;
        },
        what);

    private async Task<Job> FindAsync(string jobId) => (await _jobs.Desk.FindAsync(null, jobId, default))!;

    private async Task<Job> EndOfAsync(string jobId)
    {
        Job job = null!;
        await Eventually.HoldsAsync(
            async () =>
            {
                _time.Advance(Move);
                job = await FindAsync(jobId);
                return job.HasEnded;
            },
            "the end of the job");
        return job;
    }

    private async Task<Job> SubmitAsync()
    {
        var order = new JobOrder
        {
            Kind = JobKind.Request, Caller = null, Endpoint = JobEndpoints.ChatCompletions, Body = """{"model":"mini","messages":[{"role":"user","content":"Later."}]}"""u8.ToArray(),
        };
        return (await _jobs.Desk.SubmitAsync(order, default)).Job!;
    }

    private async Task<JobFile> UploadAsync(string line = "{}")
    {
        await using var upload = _jobs.Files.Begin(null);
        await upload.AppendAsync(Encoding.UTF8.GetBytes(line), default);
        return await upload.CompleteAsync(JobFilePurposes.Batch, "input.jsonl", null, default);
    }
}
