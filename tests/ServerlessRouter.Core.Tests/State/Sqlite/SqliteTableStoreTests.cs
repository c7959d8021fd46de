using ServerlessRouter.State;
using ServerlessRouter.State.Sqlite;
using Xunit;
using static ServerlessRouter.Core.Tests.State.Sqlite.SqliteStoreFolder;

namespace ServerlessRouter.Core.Tests.State.Sqlite;

public sealed class SqliteTableStoreTests : IDisposable
{
    private readonly SqliteStoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Open_AfterDisposal_HasEverythingAsItWas()
    {
        TableEntity written;
        await using (var store = await _folder.OpenAsync())
        {
            await store.WriteAsync(Table, TableOperation.Insert(new TableEntity("p", "all")
            {
                ["Text"] = "grüße 🚀", ["Yes"] = true, ["Int"] = -1, ["Long"] = long.MinValue, ["Double"] = double.NaN,
                ["Time"] = DateTimeOffset.MaxValue, ["Id"] = Guid.Parse("0f8fad5b-d9cb-469f-a165-70867728950e"), ["Bytes"] = new byte[] { 1, 2, 3 },
            }));
            await PutAsync(store, "gone", 1);
            await store.WriteAsync(Table, TableOperation.Delete("p", "gone", TableETag.Any));
            written = (await store.GetAsync(Table, "p", "all"))!;
        }

        await using var reopened = await _folder.OpenAsync();

        var read = await reopened.GetAsync(Table.ToUpperInvariant(), "p", "all");
        Assert.Equal(written.Properties, read!.Properties);
        Assert.Equal(written.ETag, read.ETag);
        Assert.Equal(written.Timestamp, read.Timestamp);
        Assert.Null(await reopened.GetAsync(Table, "p", "gone"));
    }

    [Fact]
    public async Task Write_Row_CarriesTheInjectedTime()
    {
        await using var store = await _folder.OpenAsync();
        _folder.Time.Advance(TimeSpan.FromHours(1));

        await PutAsync(store, "r", 1);

        Assert.Equal(_folder.Time.GetUtcNow(), (await store.GetAsync(Table, "p", "r"))!.Timestamp);
    }

    [Fact]
    public async Task Write_AfterReopening_GivesNoETagOfBefore()
    {
        var etags = new HashSet<string?>();
        for (var opening = 0; opening < 3; opening++)
        {
            await using var store = await _folder.OpenAsync();
            for (var write = 0; write < 3; write++)
                Assert.True(etags.Add((await store.WriteAsync(Table, TableOperation.UpsertReplace(Row("r", 1)))).ETag));
        }
    }

    [Fact]
    public async Task Open_FolderInUse_IsRefusedNamingTheFolder()
    {
        await using var store = await _folder.OpenAsync();

        var refusal = await Assert.ThrowsAsync<StateFolderInUseException>(() => _folder.OpenAsync());

        Assert.Contains(_folder.Path, refusal.Message, StringComparison.Ordinal);
        await PutAsync(store, "r", 1);
    }

    [Fact]
    public async Task Open_AfterTheHolderClosed_Succeeds()
    {
        await (await _folder.OpenAsync()).DisposeAsync();

        await using var store = await _folder.OpenAsync();

        await PutAsync(store, "r", 1);
    }

    [Fact]
    public async Task Dispose_Twice_IsHarmlessAndLaterCallsAreRefused()
    {
        var store = await _folder.OpenAsync();
        await store.DisposeAsync();
        await store.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => PutAsync(store, "r", 1));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.GetAsync(Table, "p", "r"));
    }

    [Fact]
    public async Task Dispose_WritesWaiting_AnswersThemAndKeepsThem()
    {
        var commits = new FaultyCommits();
        var store = await _folder.OpenAsync(commits);
        commits.Hold();
        var writes = Enumerable.Range(0, 20).Select(i => PutAsync(store, $"{i}", i)).ToList();

        var disposal = store.DisposeAsync();
        commits.Release();
        await Task.WhenAll(writes);
        await disposal;

        await using var reopened = await _folder.OpenAsync();
        Assert.Equal(20, (await NumbersAsync(reopened)).Count);
    }

    [Fact]
    public async Task Write_ManyWaitForOneCommit_ShareTheNext()
    {
        var commits = new FaultyCommits();
        await using var store = await _folder.OpenAsync(commits);
        var before = commits.Count;
        commits.Hold();
        var first = PutAsync(store, "first", 0);
        await commits.IsHeldAsync();
        var waiting = Enumerable.Range(0, 50).Select(i => PutAsync(store, $"{i}", i)).ToList();

        Assert.False(first.IsCompleted);
        Assert.Empty(await NumbersAsync(store));
        commits.Release();
        await first;
        await Task.WhenAll(waiting);

        Assert.Equal(2, commits.Count - before);
    }

    [Fact]
    public async Task Write_QueueFull_WaitsForRoomAndCanBeCancelled()
    {
        var commits = new FaultyCommits();
        await using var store = await _folder.OpenAsync(
            _folder.Options with { QueueCapacity = 2, BeforeCommit = commits.Pass });
        commits.Hold();
        var writes = new List<Task> { PutAsync(store, "writing", 0) };
        await commits.IsHeldAsync();
        writes.AddRange(Enumerable.Range(0, 2).Select(i => PutAsync(store, $"queued{i}", i)));
        using var cancellation = new CancellationTokenSource();

        var refused = store.WriteAsync(Table, TableOperation.Insert(Row("nowhere", 0)), cancellation.Token).AsTask();
        var patient = PutAsync(store, "patient", 0);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => refused);
        Assert.False(patient.IsCompleted);
        commits.Release();
        await Task.WhenAll([.. writes, patient]);

        Assert.Equal(["patient", "queued0", "queued1", "writing"], (await NumbersAsync(store)).Keys.Order());
    }

    [Fact]
    public async Task Write_DiskFull_IsUnavailableWhileReadsGoOnAndRecovers()
    {
        var commits = new FaultyCommits();
        await using (var store = await _folder.OpenAsync(commits))
        {
            await PutAsync(store, "before", 1);
            commits.DiskIsFull = true;

            await Assert.ThrowsAsync<TableStoreUnavailableException>(() => PutAsync(store, "during", 2));
            var refusal = await Assert.ThrowsAsync<TableStoreUnavailableException>(() => PutAsync(store, "refused", 3));
            Assert.Contains(_folder.Path, refusal.Message, StringComparison.Ordinal);
            Assert.Equal(1, (await store.GetAsync(Table, "p", "before"))!["Number"].AsInt32());

            commits.DiskIsFull = false;
            await PutAsync(store, "after", 4);
        }

        await using var reopened = await _folder.OpenAsync();
        var numbers = await NumbersAsync(reopened);
        Assert.Equal(1, numbers["before"]);
        Assert.Equal(4, numbers["after"]);
        Assert.Equal(["after", "before"], numbers.Keys.Order());
    }

    /// <summary>A disk that is nearly full takes what is short and refuses what is long, again and again.</summary>
    [Fact]
    public async Task Write_DiskIsNearlyFull_TheLogHasOneLineAMinuteAndNoStackTrace()
    {
        var commits = new FaultyCommits();
        await using var store = await _folder.OpenAsync(commits);
        async Task FailAndRecoverAsync()
        {
            commits.DiskIsFull = true;
            await Assert.ThrowsAsync<TableStoreUnavailableException>(() => PutAsync(store, "long", 1));
            commits.DiskIsFull = false;
            await PutAsync(store, "short", 2);
        }

        for (var i = 0; i < 5; i++)
            await FailAndRecoverAsync();
        _folder.Time.Advance(TimeSpan.FromMinutes(1));
        await FailAndRecoverAsync();

        var failure = $"Error: The state folder '{_folder.Path}' cannot be written: database or disk is full. Writes fail until it can be written again; reads go on";
        var recovery = $"Information: The database in {_folder.Path} can be written again";
        Assert.Equal([failure, recovery, failure, recovery], _folder.Log.Lines);
    }

    [Fact]
    public async Task Write_DiskFull_IsNotCountedAsTaken()
    {
        var commits = new FaultyCommits();
        await using var store = await _folder.OpenAsync(commits);
        await PutAsync(store, "before", 1);
        var taken = store.LiveBytesOf(Table);
        commits.DiskIsFull = true;
        await Assert.ThrowsAsync<TableStoreUnavailableException>(() => PutAsync(store, "during", 2));
        commits.DiskIsFull = false;

        await store.WriteAsync(Table, TableOperation.Delete("p", "before", TableETag.Any));

        Assert.True(taken > 0);
        Assert.Equal(0, store.LiveBytesOf(Table));
    }

    [Fact]
    public async Task LiveBytes_WrittenAgainDeletedAndReopened_AreThoseOfTheRowsThatAreThere()
    {
        long taken;
        await using (var store = await _folder.OpenAsync())
        {
            await store.WriteAsync(Table, TableOperation.Insert(new TableEntity("p", "kept") { ["Bytes"] = new byte[10_000] }));
            taken = store.LiveBytesOf(Table);
            await store.WriteAsync(Table, TableOperation.Insert(new TableEntity("p", "gone") { ["Bytes"] = new byte[50_000] }));
            await store.WriteAsync(Table, TableOperation.UpsertMerge(new TableEntity("p", "gone") { ["Bytes"] = new byte[20_000] }));
            await store.WriteAsync(Table, TableOperation.Delete("p", "gone", TableETag.Any));
            Assert.Equal(taken, store.LiveBytesOf(Table));
        }

        await using var reopened = await _folder.OpenAsync();
        Assert.InRange(taken, 10_000, 11_000);
        Assert.Equal(taken, reopened.LiveBytesOf(Table.ToUpperInvariant()));
    }

    [Fact]
    public async Task Folder_Files_AreTheOwnersAlone()
    {
        if (OperatingSystem.IsWindows())
            return;
        await (await _folder.OpenAsync()).DisposeAsync();
        const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.OtherRead | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        File.SetUnixFileMode(_folder.Path, File.GetUnixFileMode(_folder.Path) | Others);
        File.SetUnixFileMode(_folder.DatabasePath, File.GetUnixFileMode(_folder.DatabasePath) | Others);

        await using var store = await _folder.OpenAsync();
        await PutAsync(store, "r", 1);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_folder.Path));
        Assert.Equal(["lock", "router.db", "router.db-shm", "router.db-wal"], Directory.EnumerateFiles(_folder.Path).Select(Path.GetFileName).Order());
        foreach (var file in Directory.EnumerateFiles(_folder.Path))
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    [Fact]
    public async Task Open_UnreadableOptions_AreRefused()
    {
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => _folder.OpenAsync(_folder.Options with { EraseWithin = TimeSpan.FromSeconds(-1) }));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => _folder.OpenAsync(_folder.Options with { QueueCapacity = 0 }));
    }
}
