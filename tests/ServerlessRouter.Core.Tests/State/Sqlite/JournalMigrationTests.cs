using System.Text;
using ServerlessRouter.State;
using ServerlessRouter.State.Sqlite;
using Xunit;
using static ServerlessRouter.Core.Tests.State.Sqlite.SqliteStoreFolder;

namespace ServerlessRouter.Core.Tests.State.Sqlite;

/// <summary>The journal is one that version 0.1 wrote: values of every kind, rows written again and again, a row that was deleted, a transaction at the end.</summary>
public sealed class JournalMigrationTests : IDisposable
{
    private readonly SqliteStoreFolder _folder = new();
    private readonly byte[] _journal = ReadJournal();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Open_FolderWithAJournal_HasEveryRowAsItWasAndNoJournal()
    {
        await File.WriteAllBytesAsync(_folder.JournalPath, _journal);

        await using (var store = await _folder.OpenAsync())
            await HoldsTheJournalAsync(store);

        Assert.False(File.Exists(_folder.JournalPath));
        await using var reopened = await _folder.OpenAsync();
        await HoldsTheJournalAsync(reopened);
        Assert.DoesNotContain("DELETEMEPLEASE", Encoding.Latin1.GetString(await File.ReadAllBytesAsync(_folder.DatabasePath)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_KilledBeforeTheJournalWasRemoved_RemovesItAndKeepsWhatWasWrittenSince()
    {
        await File.WriteAllBytesAsync(_folder.JournalPath, _journal);
        var written = File.GetLastWriteTimeUtc(_folder.JournalPath);
        await using (var store = await _folder.OpenAsync())
            await PutAsync(store, "since", 9);
        await File.WriteAllBytesAsync(_folder.JournalPath, _journal);
        File.SetLastWriteTimeUtc(_folder.JournalPath, written);

        await using var reopened = await _folder.OpenAsync();

        Assert.False(File.Exists(_folder.JournalPath));
        Assert.Equal(9, (await reopened.GetAsync(Table, "p", "since"))!["Number"].AsInt32());
    }

    [Fact]
    public async Task Open_KilledBeforeTheDatabaseWasMade_BeginsAnew()
    {
        await File.WriteAllBytesAsync(_folder.JournalPath, _journal);
        await File.WriteAllBytesAsync(_folder.DatabasePath, []);

        await using var store = await _folder.OpenAsync();

        await HoldsTheJournalAsync(store);
    }

    [Fact]
    public async Task Open_JournalThatIsNotTheDatabases_IsRefusedAndBothAreLeft()
    {
        await using (var store = await _folder.OpenAsync())
            await PutAsync(store, "r", 1);
        await File.WriteAllBytesAsync(_folder.JournalPath, _journal);

        var refusal = await Assert.ThrowsAsync<StateDamagedException>(() => _folder.OpenAsync());

        Assert.Contains("Move one of them away", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(_journal, await File.ReadAllBytesAsync(_folder.JournalPath));
        File.Delete(_folder.JournalPath);
        await using var reopened = await _folder.OpenAsync();
        Assert.Equal(1, (await NumbersAsync(reopened))["r"]);
    }

    [Fact]
    public async Task Open_JournalsLastWriteIsTorn_KeepsAllBeforeIt()
    {
        await File.WriteAllBytesAsync(_folder.JournalPath, _journal[..^3]);

        await using var store = await _folder.OpenAsync();

        Assert.NotNull(await store.GetAsync("others", "q", "kept"));
        Assert.Null(await store.GetAsync("others", "q", "last1"));
        Assert.Contains(_folder.Log.Lines, static line => line.Contains("unfinished write", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Open_AnyByteFlippedBeforeTheJournalsLastWrite_IsRefusedAndLeftAsItIs()
    {
        // The last frame is the transaction, of more than 100 bytes.
        for (var offset = 0; offset < _journal.Length - 200; offset += 7)
        {
            var damaged = _journal.ToArray();
            damaged[offset] ^= 0x10;
            await File.WriteAllBytesAsync(_folder.JournalPath, damaged);

            var refusal = await Assert.ThrowsAsync<StateDamagedException>(() => _folder.OpenAsync());

            Assert.Contains(_folder.JournalPath, refusal.Message, StringComparison.Ordinal);
            Assert.Equal(damaged, await File.ReadAllBytesAsync(_folder.JournalPath));
        }

        await File.WriteAllBytesAsync(_folder.JournalPath, _journal);
        await using var store = await _folder.OpenAsync();
        await HoldsTheJournalAsync(store);
    }

    private static async Task HoldsTheJournalAsync(SqliteTableStore store)
    {
        var all = (await store.GetAsync(Table, "p", "all"))!;
        var expected = new TableEntity("p", "all")
        {
            ["Text"] = "grüße 🚀", ["Yes"] = true, ["Int"] = -1, ["Long"] = long.MinValue, ["Double"] = double.NaN,
            ["Time"] = DateTimeOffset.MaxValue, ["Id"] = Guid.Parse("0f8fad5b-d9cb-469f-a165-70867728950e"), ["Bytes"] = new byte[] { 1, 2, 3 },
        };
        Assert.Equal(expected.Properties, all.Properties);
        Assert.StartsWith("W/\"", all.ETag, StringComparison.Ordinal);
        Assert.NotNull(all.Timestamp);
        for (var row = 0; row < 6; row++)
            Assert.Equal(24 + row, (await store.GetAsync(Table, "p", $"{row}"))!["Number"].AsInt32());
        var others = new List<string>();
        await foreach (var row in store.QueryAsync("others", TableQuery.All))
            others.Add(row.RowKey);
        Assert.Equal(["kept", "last1", "last2"], others);
        Assert.True(store.LiveBytesOf("others") > 0);
    }

    private static byte[] ReadJournal()
    {
        using var resource = typeof(JournalMigrationTests).Assembly.GetManifestResourceStream("journal-0.1.bin")!;
        using var bytes = new MemoryStream();
        resource.CopyTo(bytes);
        return bytes.ToArray();
    }
}
