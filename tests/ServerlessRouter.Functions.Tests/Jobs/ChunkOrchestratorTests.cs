using ServerlessRouter.Functions.Jobs;
using ServerlessRouter.Jobs.Steps;
using ServerlessRouter.Testing.Chance;
using Xunit;

namespace ServerlessRouter.Functions.Tests.Jobs;

public sealed class ChunkOrchestratorTests
{
    private readonly Dictionary<int, Queue<TimeSpan>> _waits = [];
    private readonly List<int> _tries = [];
    private readonly SortedSet<int> _left = [];
    private int _settlements;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100)]
    public async Task Run_ItemsThatAnswerAtOnce_RunsEachOnceWithinBoundsAndSettles(int items)
    {
        var replay = Replay(items);

        await replay.RunAsync(new ChunkRef("batch_1", 3));

        Assert.Equal(Enumerable.Range(0, items), _tries.Order());
        Assert.Equal(1, _settlements);
        Assert.InRange(replay.MaxAtOnce, 1, ChunkOrchestrator.MaxItems);
        Assert.InRange(replay.MaxHistoryLength, 1, 102);
        Assert.Empty(replay.Waits);
    }

    [Fact]
    public async Task Run_ItemsThatAskAgain_SleepsUntilTheFirstWantsToAndTriesOnlyThose()
    {
        _waits[1] = new Queue<TimeSpan>([TimeSpan.FromSeconds(30), TimeSpan.FromHours(2)]);
        _waits[2] = new Queue<TimeSpan>([TimeSpan.FromSeconds(4)]);
        var replay = Replay(4);

        await replay.RunAsync(new ChunkRef("batch_1", 0));

        Assert.Equal([TimeSpan.FromSeconds(4), ActivityPolicy.MaxWait], replay.Waits);
        Assert.Equal([0, 1, 1, 1, 2, 2, 3], _tries.Order());
        Assert.Equal(1, _settlements);
    }

    private OrchestrationReplay Replay(int items)
    {
        _left.UnionWith(Enumerable.Range(0, items));
        return new OrchestrationReplay(ChunkOrchestrator.RunAsync, Answer, new SeededRandomSource(items));
    }

    private object? Answer(string name, object? input)
    {
        switch (name)
        {
            case nameof(JobActivities.FindChunkWork):
                return new ChunkWork([.. _left]);
            case nameof(JobActivities.RunJobItem):
                var item = ((ItemRef)input!).Index;
                _tries.Add(item);
                if (_waits.TryGetValue(item, out var waits) && waits.TryDequeue(out var wait))
                    return StepResult.After(wait);
                _left.Remove(item);
                return StepResult.Done;
            case nameof(JobActivities.SettleChunk):
                _settlements++;
                return StepResult.Done;
            default:
                throw new ArgumentException($"no test asked for {name}");
        }
    }
}
