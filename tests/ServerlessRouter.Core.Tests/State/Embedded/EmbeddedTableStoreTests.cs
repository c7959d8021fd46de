using ServerlessRouter.State;
using ServerlessRouter.State.Embedded;
using Xunit;
using static ServerlessRouter.Core.Tests.State.Embedded.EmbeddedStoreFolder;

namespace ServerlessRouter.Core.Tests.State.Embedded;

public sealed class EmbeddedTableStoreTests : IDisposable
{
    private readonly EmbeddedStoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(JournalDurability.Disk)]
    [InlineData(JournalDurability.OperatingSystem)]
    public async Task Open_AfterDisposal_HasEverythingAsItWas(JournalDurability durability)
    {
        TableEntity written;
        await using (var store = await _folder.OpenAsync(durability))
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

        await using var reopened = await _folder.OpenAsync(durability);

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
        var disk = new FaultyDisk();
        var store = await _folder.OpenAsync(JournalDurability.Disk, disk);
        disk.HoldFlushes();
        var writes = Enumerable.Range(0, 20).Select(i => PutAsync(store, $"{i}", i)).ToList();

        var disposal = store.DisposeAsync();
        disk.ReleaseFlushes();
        await Task.WhenAll(writes);
        await disposal;

        await using var reopened = await _folder.OpenAsync();
        Assert.Equal(20, (await NumbersAsync(reopened)).Count);
    }

    [Fact]
    public async Task Write_ManyWaitForOneFlush_ShareTheNext()
    {
        var disk = new FaultyDisk();
        await using var store = await _folder.OpenAsync(JournalDurability.Disk, disk);
        var before = disk.Flushes;
        disk.HoldFlushes();
        var first = PutAsync(store, "first", 0);
        await disk.FlushIsHeldAsync();
        var waiting = Enumerable.Range(0, 50).Select(i => PutAsync(store, $"{i}", i)).ToList();

        Assert.False(first.IsCompleted);
        Assert.Equal(51, (await NumbersAsync(store)).Count);
        disk.ReleaseFlushes();
        await first;
        await Task.WhenAll(waiting);

        Assert.Equal(2, disk.Flushes - before);
    }

    [Fact]
    public async Task Write_QueueFull_WaitsForRoomAndCanBeCancelled()
    {
        var disk = new FaultyDisk();
        await using var store = await _folder.OpenAsync(
            new EmbeddedTableStoreOptions { Folder = _folder.Path, QueueCapacity = 2 }, disk);
        disk.HoldFlushes();
        var writes = new List<Task> { PutAsync(store, "writing", 0) };
        await disk.FlushIsHeldAsync();
        writes.AddRange(Enumerable.Range(0, 2).Select(i => PutAsync(store, $"queued{i}", i)));
        using var cancellation = new CancellationTokenSource();

        var refused = store.WriteAsync(Table, TableOperation.Insert(Row("nowhere", 0)), cancellation.Token).AsTask();
        var patient = PutAsync(store, "patient", 0);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => refused);
        Assert.False(patient.IsCompleted);
        disk.ReleaseFlushes();
        await Task.WhenAll([.. writes, patient]);

        Assert.Equal(["patient", "queued0", "queued1", "writing"], (await NumbersAsync(store)).Keys.Order());
    }

    [Fact]
    public async Task Write_DiskFull_IsUnavailableWhileReadsGoOnAndRecovers()
    {
        var disk = new FaultyDisk();
        await using (var store = await _folder.OpenAsync(JournalDurability.Disk, disk))
        {
            await PutAsync(store, "before", 1);
            disk.IsFull = true;

            await Assert.ThrowsAsync<TableStoreUnavailableException>(() => PutAsync(store, "during", 2));
            var refusal = await Assert.ThrowsAsync<TableStoreUnavailableException>(() => PutAsync(store, "refused", 3));
            Assert.Contains(_folder.Path, refusal.Message, StringComparison.Ordinal);
            Assert.Equal(1, (await store.GetAsync(Table, "p", "before"))!["Number"].AsInt32());

            disk.IsFull = false;
            _folder.Time.Advance(TimeSpan.FromSeconds(2));
            await PutAsync(store, "after", 4);
        }

        await using var reopened = await _folder.OpenAsync();
        var numbers = await NumbersAsync(reopened);
        Assert.Equal(1, numbers["before"]);
        Assert.Equal(4, numbers["after"]);
        Assert.False(numbers.ContainsKey("refused"));
    }

    [Fact]
    public async Task Write_DiskFullForLong_IsTriedAgainAtMostOncePerInterval()
    {
        var disk = new FaultyDisk();
        await using var store = await _folder.OpenAsync(JournalDurability.Disk, disk);
        disk.IsFull = true;
        await Assert.ThrowsAsync<TableStoreUnavailableException>(() => PutAsync(store, "a", 1));

        disk.IsFull = false;

        await Assert.ThrowsAsync<TableStoreUnavailableException>(() => PutAsync(store, "a", 1));
        _folder.Time.Advance(TimeSpan.FromSeconds(2));
        await PutAsync(store, "a", 1);
    }

    [Fact]
    public async Task Open_UnreadableOptions_AreRefused()
    {
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => _folder.OpenAsync(new EmbeddedTableStoreOptions { Folder = _folder.Path, CompactionRatio = 0.5 }));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => _folder.OpenAsync(new EmbeddedTableStoreOptions { Folder = _folder.Path, QueueCapacity = 0 }));
    }
}
