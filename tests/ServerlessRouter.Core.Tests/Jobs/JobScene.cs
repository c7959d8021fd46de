using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using ServerlessRouter.Chat;
using ServerlessRouter.Configuration;
using ServerlessRouter.Core.Tests.Http;
using ServerlessRouter.Jobs;
using ServerlessRouter.Jobs.Services;
using ServerlessRouter.Jobs.Steps;
using ServerlessRouter.Webhooks;
using ServerlessRouter.Pipeline;
using ServerlessRouter.State;
using ServerlessRouter.State.Memory;
using ServerlessRouter.Testing;
using ServerlessRouter.Testing.Chance;
using ServerlessRouter.Testing.Models;
using ServerlessRouter.Testing.Time;
using Xunit;

namespace ServerlessRouter.Core.Tests.Jobs;

/// <summary>Jobs on an embedded store, over a pipeline that a test scripts and a clock that it moves; the test is the engine.</summary>
internal sealed class JobScene : IJobLauncher
{
    public const decimal CostOfAnswerUsd = 0.25m;

    private static int _seed;
    private readonly ConcurrentQueue<string> _launches = new();

    public JobScene(
        JobOptions? options = null, RouterModel? router = null, ITableStore? store = null, ManualTimeProvider? time = null, string instance = "first", IHostResolver? resolver = null)
    {
        Time = time ?? new ManualTimeProvider();
        Options = options ?? new JobOptions();
        Store = store ?? new MemoryTableStore(Time);
        Pipeline.Answer = static (context, _) => Task.FromResult(Echo(context));
        var models = new RouterModelSource(router ?? new RouterBuilder().Model("mini").Build());
        Jobs = new JobServices(new JobServicesOptions
        {
            Store = Store,
            Models = models,
            Pipeline = Pipeline,
            InstanceName = instance,
            Jobs = Options,
            Time = Time,
            Random = new SeededRandomSource(Interlocked.Increment(ref _seed)),
            Resolver = resolver,
        })
        {
            Launcher = this,
        };
    }

    public JobServices Jobs { get; }

    public JobSteps Steps => Jobs.Steps;

    public ScriptedPipeline Pipeline { get; } = new();

    public ManualTimeProvider Time { get; }

    public JobOptions Options { get; }

    public ITableStore Store { get; }

    public IReadOnlyCollection<string> Launches => _launches;

    /// <summary>Another instance over the same store and clock.</summary>
    public JobScene Twin() => new(Options, store: Store, time: Time, instance: "second");

    /// <summary>Answers with the prompt and costs <see cref="CostOfAnswerUsd"/>.</summary>
    public static ChatOutcome Echo(RequestContext context)
    {
        context.CostUsd = CostOfAnswerUsd;
        return Answers.Whole($$$"""{"id":"c-1","choices":[{"message":{"content":{{{PromptNode(context)!.ToJsonString()}}}}}]}""");
    }

    public static string Prompt(RequestContext context) => (string)PromptNode(context)!;

    /// <summary>A line of a batch's file.</summary>
    public static string Line(string customId, string prompt = "Hi", string model = "mini") =>
        $$$"""{"custom_id":"{{{customId}}}","method":"POST","url":"/v1/chat/completions","body":{"model":"{{{model}}}","messages":[{"role":"user","content":"{{{prompt}}}"}]}}""";

    public static string[] Lines(int count) => [.. Enumerable.Range(0, count).Select(number => Line($"r-{number}", $"prompt {number}"))];

    public Task<JobFile> UploadAsync(params string[] lines) => UploadAsync(null, string.Join('\n', lines));

    public async Task<JobFile> UploadAsync(string? caller, string text, string purpose = JobFilePurposes.Batch)
    {
        await using var upload = Jobs.Files.Begin(caller);
        await upload.AppendAsync(Encoding.UTF8.GetBytes(text), default);
        return await upload.CompleteAsync(purpose, "input.jsonl", null, default);
    }

    public async Task<Job> SubmitAsync(params string[] lines) => await SubmitAsync(await UploadAsync(lines));

    public async Task<Job> SubmitAsync(JobFile file, Func<JobOrder, JobOrder>? with = null)
    {
        var order = new JobOrder { Kind = JobKind.Batch, Caller = file.Caller, Endpoint = JobEndpoints.ChatCompletions, InputFileId = file.Id };
        var result = await Jobs.Desk.SubmitAsync(with?.Invoke(order) ?? order, default);
        Assert.Null(result.Error);
        return result.Job!;
    }

    public async Task<Job> PreparedAsync(params string[] lines)
    {
        var job = await SubmitAsync(lines);
        await Steps.PrepareAsync(job.Id, default);
        return job;
    }

    /// <summary>Does what an engine does, one thing after the other, and moves the clock where it would wait.</summary>
    public async Task<Job> RunAsync(string jobId)
    {
        var (prepared, turns) = (await Steps.PrepareAsync(jobId, default), new Turns("the items of the job to end"));
        for (var chunk = 0; chunk < prepared.Chunks; chunk++)
        {
            while (await Steps.RemainingAsync(new ChunkRef(jobId, chunk), default) is { Items: { Length: > 0 } items })
            {
                turns.Take();
                var again = TimeSpan.MaxValue;
                foreach (var item in items)
                {
                    var result = await Steps.RunItemAsync(new ItemRef(jobId, item), default);
                    again = result.Again is { } wait && wait < again ? wait : again;
                }

                if (again < TimeSpan.MaxValue)
                    Time.Advance(again);
            }

            Assert.True((await Steps.SettleChunkAsync(new ChunkRef(jobId, chunk), default)).IsDone);
        }

        Assert.True((await Steps.CompleteAsync(jobId, default)).IsDone);
        return await FindAsync(jobId);
    }

    public async Task<Job> FindAsync(string jobId, string? caller = null) => Assert.IsType<Job>(await Jobs.Desk.FindAsync(caller, jobId, default));

    /// <summary>The lines of a file, by custom id; every custom id stands there once.</summary>
    public async Task<Dictionary<string, JsonNode>> ReadAsync(string? fileId, string? caller = null)
    {
        if (fileId is null)
            return [];
        var file = Assert.IsType<JobFile>(await Jobs.Files.FindAsync(caller, fileId, default));
        var text = await TextAsync(file);
        Assert.Equal(file.Bytes, Encoding.UTF8.GetByteCount(text));
        return text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => JsonNode.Parse(line)!).ToDictionary(static line => (string)line["custom_id"]!);
    }

    public async Task<string> TextAsync(JobFile file)
    {
        using var bytes = new MemoryStream();
        await foreach (var piece in Jobs.Files.ReadAsync(file, default))
            bytes.Write(piece.Span);
        return Encoding.UTF8.GetString(bytes.ToArray());
    }

    /// <summary>How many rows there are in all tables.</summary>
    public async Task<int> CountRowsAsync()
    {
        var count = 0;
        foreach (var table in new[] { "jobs", "jobitems", "jobcontent", "jobfiles", "jobindex" })
            await foreach (var _ in Store.QueryAsync(table, TableQuery.All))
                count++;
        return count;
    }

    public ValueTask LaunchAsync(string jobId, JobKind kind, CancellationToken cancellationToken)
    {
        _launches.Enqueue(jobId);
        return ValueTask.CompletedTask;
    }

    private static JsonNode? PromptNode(RequestContext context) => JsonNode.Parse(context.Request.Bytes)!["messages"]![0]!["content"];
}
