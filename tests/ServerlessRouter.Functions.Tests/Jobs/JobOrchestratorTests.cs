using Microsoft.DurableTask;
using ServerlessRouter.Functions.Jobs;
using ServerlessRouter.Jobs;
using ServerlessRouter.Jobs.Steps;
using ServerlessRouter.State;
using ServerlessRouter.Testing.Chance;
using Xunit;

namespace ServerlessRouter.Functions.Tests.Jobs;

public sealed class JobOrchestratorTests
{
    private readonly List<int> _chunks = [];
    private readonly Queue<StepResult> _completions = new();
    private int _completed;
    private PreparedJob _prepared = new(0, 0);

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(37, 1)]
    [InlineData(JobOrchestrator.ChunksOfHistory, 1)]
    [InlineData(JobOrchestrator.ChunksOfHistory + 1, 2)]
    [InlineData(500, 5)]
    public async Task Run_AnyNumberOfChunks_RunsEachOnceWithinBoundsAndCompletes(int chunks, int histories)
    {
        _prepared = new PreparedJob(chunks * 100, chunks);
        var replay = Replay(seed: chunks);

        await replay.RunAsync(new JobOrchestrationInput("batch_1"));

        Assert.Equal(Enumerable.Range(0, chunks), _chunks.Order());
        Assert.Equal(1, _completed);
        Assert.Equal(histories, replay.Histories);
        Assert.InRange(replay.MaxAtOnce, 1, JobOrchestrator.MaxChunks);
        Assert.InRange(replay.MaxHistoryLength, 1, JobOrchestrator.ChunksOfHistory + 2);
        if (chunks > 0)
            Assert.Equal(new JobProgress(chunks, chunks), replay.CustomStatus);
    }

    [Fact]
    public async Task Run_CompletionAsksAgain_WaitsAndAsksWithoutRunningChunksAgain()
    {
        _prepared = new PreparedJob(150, 2);
        _completions.Enqueue(StepResult.After(TimeSpan.FromHours(3)));
        _completions.Enqueue(StepResult.After(TimeSpan.FromSeconds(2)));
        var replay = Replay(seed: 1);

        await replay.RunAsync(new JobOrchestrationInput("batch_1"));

        Assert.Equal(2, _chunks.Count);
        Assert.Equal(3, _completed);
        Assert.Equal([ActivityPolicy.MaxWait, TimeSpan.FromSeconds(2)], replay.Waits);
    }

    [Fact]
    public async Task Run_OutputWaitsForItsPlace_SleepsAsLongAsTheRowSaysAndStaysTheJobsEngine()
    {
        _prepared = new PreparedJob(1, 1);
        var (now, recheck) = (DateTimeOffset.UnixEpoch, new JobOptions().OutageRecheck);
        _completions.Enqueue(StepResult.KeptUntil(now + recheck, now));
        _completions.Enqueue(StepResult.KeptUntil(now + recheck, now));
        var replay = Replay(seed: 1);

        await replay.RunAsync(new JobOrchestrationInput("batch_1"));

        Assert.Equal(3, _completed);
        Assert.Equal([recheck, recheck], replay.Waits);
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 0)]
    public async Task Run_StepFailsForGood_CountsAFaultOfTheRoutersAndFailsForTheSweepToBeginAgain(bool isFault, int noted)
    {
        var faults = 0;
        var replay = new OrchestrationReplay(
            JobOrchestrator.RunAsync,
            (name, _) => name == nameof(JobActivities.NoteJobFault) ? Note(ref faults) : throw (isFault ? new InvalidOperationException("a bug") : new TableStoreUnavailableException("storage is down")),
            new SeededRandomSource(1));

        await Assert.ThrowsAsync<TaskFailedException>(() => replay.RunAsync(new JobOrchestrationInput("batch_1")));

        Assert.Equal(noted, faults);
    }

    private static StepResult Note(ref int faults)
    {
        faults++;
        return StepResult.After(TimeSpan.FromSeconds(4));
    }

    private OrchestrationReplay Replay(int seed) => new(JobOrchestrator.RunAsync, Answer, new SeededRandomSource(seed));

    private object? Answer(string name, object? input)
    {
        switch (name)
        {
            case nameof(JobActivities.PrepareJob):
                Assert.Equal("batch_1", input);
                return _prepared;
            case ChunkOrchestrator.Name:
                _chunks.Add(((ChunkRef)input!).Chunk);
                return null;
            case nameof(JobActivities.CompleteJob):
                _completed++;
                return _completions.TryDequeue(out var result) ? result : StepResult.Done;
            default:
                throw new ArgumentException($"no test asked for {name}");
        }
    }
}
