using System.Text;
using ServerlessRouter.State;
using ServerlessRouter.State.Embedded;
using ServerlessRouter.Testing;
using ServerlessRouter.Testing.Time;
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

    /// <summary>The clock of these stores fires no timers, so the next write, the end and the next start are what brings the erasure.</summary>
    [Theory, InlineData("write"), InlineData("close"), InlineData("kill")]
    public async Task Delete_Row_IsGoneFromTheDiskToo(string end)
    {
        var options = Options with { CompactionMinimumBytes = 10_000_000 };
        var store = await _folder.OpenAsync(options);
        await store.WriteAsync(Table, TableOperation.Insert(new TableEntity("p", "secret") { ["Text"] = "DELETEMEPLEASE" }));
        await PutAsync(store, "kept", 7);
        await store.WriteAsync(Table, TableOperation.Delete("p", "secret", TableETag.Any));
        Assert.Contains("DELETEMEPLEASE", JournalText(), StringComparison.Ordinal);

        if (end == "kill")
        {
            var journal = await File.ReadAllBytesAsync(_folder.JournalPath);
            await store.DisposeAsync();
            await File.WriteAllBytesAsync(_folder.JournalPath, journal);
            store = await _folder.OpenAsync(options);
        }

        if (end == "close")
        {
            await store.DisposeAsync();
        }
        else
        {
            _folder.Time.Advance(options.EraseWithin);
            await PutAsync(store, "kept", 8);
            await store.DisposeAsync();
        }

        Assert.DoesNotContain("DELETEMEPLEASE", JournalText(), StringComparison.Ordinal);
        await using var reopened = await _folder.OpenAsync(options);
        Assert.Equal(end == "close" ? 7 : 8, Assert.Single(await NumbersAsync(reopened)).Value);
    }

    [Fact]
    public async Task Delete_NothingElseHappens_IsGoneFromTheDiskInTime()
    {
        using var folder = new TemporaryFolder();
        var time = new ManualTimeProvider();
        var options = Options with { Folder = folder.Path, CompactionMinimumBytes = 10_000_000 };
        await using var store = await EmbeddedTableStore.OpenAsync(options, JournalDisk.Instance, time, new ListLogger(), CancellationToken.None);
        await PutAsync(store, "secret", 1);
        await store.WriteAsync(Table, TableOperation.Delete("p", "secret", TableETag.Any));
        var before = new FileInfo(Path.Combine(folder.Path, "journal")).Length;

        await Eventually.HoldsAsync(
            () =>
            {
                time.Advance(options.EraseWithin / 4);
                return new FileInfo(Path.Combine(folder.Path, "journal")).Length < before;
            },
            "the journal to be compacted");
    }

    [Fact]
    public async Task Open_FolderAndJournalThatOthersMayRead_AreTheOwnersAlone()
    {
        if (OperatingSystem.IsWindows())
            return;
        await (await _folder.OpenAsync(Options)).DisposeAsync();
        const UnixFileMode Everyone = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
        File.SetUnixFileMode(_folder.Path, Everyone);
        File.SetUnixFileMode(_folder.JournalPath, Everyone);

        await using var store = await _folder.OpenAsync(Options);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_folder.Path));
        foreach (var file in Directory.EnumerateFiles(_folder.Path))
            Assert.Equal(0, (int)(File.GetUnixFileMode(file) & (UnixFileMode.GroupRead | UnixFileMode.OtherRead | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)));
    }

    private string JournalText() => Encoding.Latin1.GetString(File.ReadAllBytes(_folder.JournalPath));

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
