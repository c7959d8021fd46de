using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using ServerlessRouter.State;
using ServerlessRouter.State.Sqlite;
using ServerlessRouter.Testing;
using ServerlessRouter.Testing.Chance;
using ServerlessRouter.Testing.Time;
using Xunit;
using static ServerlessRouter.Core.Tests.State.Sqlite.SqliteStoreFolder;

namespace ServerlessRouter.Core.Tests.State.Sqlite;

/// <summary>What was deleted leaves the disk, and so does the room it took.</summary>
public sealed partial class SqliteErasureTests : IDisposable
{
    private readonly SqliteStoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>The clock of these stores fires no timers, so the next write, the end and the next start are what brings the erasure.</summary>
    [Theory, InlineData("write"), InlineData("close"), InlineData("kill")]
    public async Task Delete_Row_IsGoneFromTheDiskToo(string end)
    {
        var store = await _folder.OpenAsync();
        await store.WriteAsync(Table, TableOperation.Insert(new TableEntity("p", "secret") { ["Text"] = "DELETEMEPLEASE" }));
        await PutAsync(store, "kept", 7);
        await store.WriteAsync(Table, TableOperation.Delete("p", "secret", TableETag.Any));
        Assert.Contains("DELETEMEPLEASE", DiskText(), StringComparison.Ordinal);

        if (end == "kill")
        {
            var (database, log) = (await File.ReadAllBytesAsync(_folder.DatabasePath), await File.ReadAllBytesAsync(_folder.LogPath));
            await store.DisposeAsync();
            await File.WriteAllBytesAsync(_folder.DatabasePath, database);
            await File.WriteAllBytesAsync(_folder.LogPath, log);
            store = await _folder.OpenAsync();
            _folder.Time.Advance(_folder.Options.EraseWithin);
            await PutAsync(store, "kept", 8);
            await Eventually.HoldsAsync(() => !DiskText().Contains("DELETEMEPLEASE", StringComparison.Ordinal), "the row to leave the disk");
            await store.DisposeAsync();
        }
        else if (end == "close")
        {
            await store.DisposeAsync();
        }
        else
        {
            _folder.Time.Advance(_folder.Options.EraseWithin);
            await PutAsync(store, "kept", 8);
            await Eventually.HoldsAsync(() => !DiskText().Contains("DELETEMEPLEASE", StringComparison.Ordinal), "the row to leave the disk");
            await store.DisposeAsync();
        }

        Assert.DoesNotContain("DELETEMEPLEASE", DiskText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Delete_NothingElseHappens_IsGoneFromTheDiskInTime()
    {
        var time = new ManualTimeProvider();
        await using var store = await SqliteTableStore.OpenAsync(_folder.Options, time, new ListLogger(), CancellationToken.None);
        await store.WriteAsync(Table, TableOperation.Insert(new TableEntity("p", "secret") { ["Text"] = "DELETEMEPLEASE" }));
        await store.WriteAsync(Table, TableOperation.Delete("p", "secret", TableETag.Any));

        await Eventually.HoldsAsync(
            () =>
            {
                time.Advance(_folder.Options.EraseWithin / 4);
                return !DiskText().Contains("DELETEMEPLEASE", StringComparison.Ordinal);
            },
            "the row to leave the disk");
    }

    /// <summary>Rows move from page to page while others come and go; no page may keep a copy of one that is gone.</summary>
    [Fact]
    public async Task Delete_ManyRowsInAnyOrder_LeavesNoTraceOfAny()
    {
        var random = new SeededRandomSource(1);
        var there = new HashSet<int>();
        await using (var store = await _folder.OpenAsync())
        {
            for (var round = 0; round < 40; round++)
            {
                await Task.WhenAll(Enumerable.Range(0, 50).Select(async i =>
                {
                    var number = (round * 50) + i;
                    lock (there)
                        there.Add(number);
                    await store.WriteAsync(Table, TableOperation.Insert(new TableEntity("p", Key(number)) { ["Text"] = $"<secret{number:D6}>" + new string('x', number * 7 % 3000) }));
                }));
                foreach (var number in there.Where(_ => random.Next(2) == 0).ToList())
                {
                    there.Remove(number);
                    await store.WriteAsync(Table, TableOperation.Delete("p", Key(number), TableETag.Any));
                }
            }
        }

        var left = Secret().Matches(DiskText()).Select(static match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)).ToHashSet();
        Assert.NotEmpty(there);
        Assert.Equal(there.Order(), left.Order());

        // Neighbours in time are no neighbours in key order.
        static string Key(int number) => $"{number * 7919 % 10007:D5}";
    }

    [Fact]
    public async Task Delete_MostRows_GivesTheirRoomBack()
    {
        await using var store = await _folder.OpenAsync();
        for (var i = 0; i < 300; i++)
            await store.WriteAsync(Table, TableOperation.Insert(new TableEntity("p", $"{i}") { ["Bytes"] = new byte[60_000], ["Number"] = i }));
        _folder.Time.Advance(_folder.Options.EraseWithin);
        await store.DeleteAllAsync(Table, TableQuery.InPartition("p", TableKeyRange.StartingAt("2")), CancellationToken.None);
        _folder.Time.Advance(_folder.Options.EraseWithin);

        await PutAsync(store, "wakes", 1);

        await Eventually.HoldsAsync(() => new FileInfo(_folder.DatabasePath).Length < 12_000_000, "the database to shrink");
        Assert.Equal(113, (await NumbersAsync(store)).Count);
    }

    /// <summary>Writes wait while the database is written anew; how long that takes grows with it.</summary>
    [Fact]
    public async Task Erasure_TookLong_IsPutOffSoThatWritesWaitAHundredthOfTheTimeAtMost()
    {
        var erasures = 0;
        var took = TimeSpan.FromMinutes(2);
        var options = _folder.Options with
        {
            BeforeErasure = () =>
            {
                Interlocked.Increment(ref erasures);
                _folder.Time.Advance(took);
            },
        };
        await using var store = await _folder.OpenAsync(options);
        async Task DeleteAfterAsync(TimeSpan wait)
        {
            await PutAsync(store, "row", 1);
            await store.WriteAsync(Table, TableOperation.Delete("p", "row", TableETag.Any));
            _folder.Time.Advance(wait);
            // The second write is answered behind the tidying that follows the first.
            await PutAsync(store, "wakes", 1);
            await PutAsync(store, "wakes", 2);
        }

        await DeleteAfterAsync(options.EraseWithin);
        Assert.Equal(1, erasures);

        await DeleteAfterAsync(100 * took - TimeSpan.FromMinutes(1));
        Assert.Equal(1, erasures);

        took = TimeSpan.FromHours(1);
        await DeleteAfterAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(2, erasures);

        // What was deleted goes within a day, however large the database is.
        await DeleteAfterAsync(TimeSpan.FromDays(1));
        Assert.Equal(3, erasures);
    }

    /// <summary>The system's folder for temporary files may be small, or read-only as in many containers.</summary>
    [Fact]
    public async Task Delete_MoreThanMemoryHolds_IsErasedWithTheCopyInTheFolder()
    {
        using var watcher = new FileSystemWatcher(_folder.Path, "etilqs_*");
        var hasCopied = new TaskCompletionSource();
        watcher.Created += (_, _) => hasCopied.TrySetResult();
        watcher.EnableRaisingEvents = true;
        await using (var store = await _folder.OpenAsync())
        {
            for (var i = 0; i < 100; i++)
                await store.WriteAsync(Table, TableOperation.Insert(new TableEntity("p", $"{i}") { ["Bytes"] = new byte[60_000] }));
            await store.WriteAsync(Table, TableOperation.Delete("p", "0", TableETag.Any));
        }

        await hasCopied.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Empty(Directory.EnumerateFiles(_folder.Path, "etilqs_*"));
    }

    private string DiskText()
    {
        var text = new StringBuilder();
        foreach (var path in Directory.EnumerateFiles(_folder.Path, "router.db*"))
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var bytes = new MemoryStream();
            file.CopyTo(bytes);
            text.Append(Encoding.Latin1.GetString(bytes.ToArray()));
        }

        return text.ToString();
    }

    [GeneratedRegex(@"<secret(\d{6})>")]
    private static partial Regex Secret();
}
