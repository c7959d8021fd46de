using ServerlessRouter.State.Embedded;
using Xunit;
using static ServerlessRouter.Core.Tests.State.Embedded.EmbeddedStoreFolder;

namespace ServerlessRouter.Core.Tests.State.Embedded;

public sealed class JournalCompactionTests : IDisposable
{
    private const int MinimumBytes = 20_000;

    private readonly EmbeddedStoreFolder _folder = new();

    private EmbeddedTableStoreOptions Options => new()
    {
        Folder = _folder.Path, Durability = JournalDurability.OperatingSystem, CompactionMinimumBytes = MinimumBytes, CompactionRatio = 2,
    };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Write_SameRowsAgainAndAgain_KeepsTheJournalWithinItsBoundAndEveryRow()
    {
        await using (var store = await _folder.OpenAsync(Options))
        {
            for (var i = 0; i < 3000; i++)
            {
                await PutAsync(store, $"{i % 10}", i);
                Assert.InRange(new FileInfo(_folder.JournalPath).Length, 0, MinimumBytes + 1000);
            }
        }

        await using var reopened = await _folder.OpenAsync(Options);
        Assert.Equal(Enumerable.Range(2990, 10), (await NumbersAsync(reopened)).Values.Order());
    }

    [Fact]
    public async Task Write_OnlyNewRows_CompactsSeldom()
    {
        var disk = new FaultyDisk();
        await using var store = await _folder.OpenAsync(Options, disk);
        var before = disk.Flushes;

        for (var i = 0; i < 3000; i++)
            await PutAsync(store, $"{i}", i);

        // Only a compaction flushes here; with a ratio of 2 the file must double in between.
        Assert.InRange(disk.Flushes - before, 1, 8);
    }

    [Fact]
    public async Task Write_WhileCompacting_LosesNothing()
    {
        await using (var store = await _folder.OpenAsync(Options))
        {
            await Task.WhenAll(Enumerable.Range(0, 16).Select(task => Task.Run(async () =>
            {
                for (var i = 0; i <= 300; i++)
                    await PutAsync(store, $"{task}", i);
            })));
        }

        await using var reopened = await _folder.OpenAsync(Options);
        var numbers = await NumbersAsync(reopened);
        Assert.Equal(16, numbers.Count);
        Assert.All(numbers.Values, number => Assert.Equal(300, number));
    }

    [Fact]
    public async Task Write_CompactionCannotBeWritten_GoesOnWithTheOldJournal()
    {
        var disk = new FaultyDisk();
        await using (var store = await _folder.OpenAsync(Options, disk))
        {
            // A folder in the successor's place makes every compaction fail, and only that.
            Directory.CreateDirectory(Path.Combine(_folder.Path, "journal.new"));
            for (var i = 0; i < 1000; i++)
                await PutAsync(store, "r", i);
            Assert.True(new FileInfo(_folder.JournalPath).Length > MinimumBytes);
        }

        Directory.Delete(Path.Combine(_folder.Path, "journal.new"));
        await using var reopened = await _folder.OpenAsync(Options);
        Assert.Equal(999, (await NumbersAsync(reopened))["r"]);
    }

    [Fact]
    public async Task Open_SuccessorLeftByACrash_IsIgnoredAndRemoved()
    {
        await using (var store = await _folder.OpenAsync(Options))
            await PutAsync(store, "r", 1);
        var successor = Path.Combine(_folder.Path, "journal.new");
        await File.WriteAllTextAsync(successor, "half a compaction");

        await using var reopened = await _folder.OpenAsync(Options);

        Assert.Equal(1, (await NumbersAsync(reopened))["r"]);
        Assert.False(File.Exists(successor));
    }
}
