using ServerlessRouter.State;
using ServerlessRouter.State.Embedded;
using Xunit;
using static ServerlessRouter.Core.Tests.State.Embedded.EmbeddedStoreFolder;

namespace ServerlessRouter.Core.Tests.State.Embedded;

public sealed class JournalDamageTests : IDisposable
{
    private readonly EmbeddedStoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Open_LastWriteTornAnywhere_KeepsAllBeforeItAndTakesNewWrites()
    {
        var (journal, ends) = await WriteAsync(rows: 4);

        for (var length = ends[^2]; length < ends[^1]; length++)
        {
            Assert.Equal(["0", "1", "2"], (await _folder.ReopenOnAsync(journal[..length])).Keys.Order());
            Assert.Equal(ends[^2], new FileInfo(_folder.JournalPath).Length);
        }

        await using (var store = await _folder.OpenAsync())
            await PutAsync(store, "new", 9);
        await using var reopened = await _folder.OpenAsync();
        Assert.Equal(["0", "1", "2", "new"], (await NumbersAsync(reopened)).Keys.Order());
    }

    [Fact]
    public async Task Open_LastWriteTorn_SaysHowMuchWasCut()
    {
        var (journal, ends) = await WriteAsync(rows: 2);
        Assert.Empty(_folder.Log.Lines);

        await _folder.ReopenOnAsync(journal[..(ends[0] + 5)]);

        var line = Assert.Single(_folder.Log.Lines);
        Assert.StartsWith("Warning: Cut 5 bytes", line, StringComparison.Ordinal);
        Assert.Contains(_folder.Path, line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_LastWriteAnywhereZeroed_KeepsAllBeforeIt()
    {
        var (journal, ends) = await WriteAsync(rows: 4);

        // A power loss can leave the file's new length without its bytes.
        for (var from = ends[^2]; from < ends[^1]; from++)
        {
            var damaged = journal.ToArray();
            damaged.AsSpan(from).Clear();

            // The last bytes are zeros anyway: then nothing is torn.
            var expected = damaged.AsSpan().SequenceEqual(journal) ? 4 : 3;
            Assert.Equal(expected, (await _folder.ReopenOnAsync(damaged)).Count);
        }
    }

    [Fact]
    public async Task Open_TornTransaction_HasAllOfItOrNothing()
    {
        await using (var store = await _folder.OpenAsync())
        {
            await PutAsync(store, "before", 0);
            await store.TransactAsync(Table, Enumerable.Range(0, 3).Select(i => TableOperation.Insert(Row($"t{i}", i))).ToList());
        }

        var journal = await File.ReadAllBytesAsync(_folder.JournalPath);
        for (var length = journal.Length; length > journal.Length - 200; length--)
        {
            var rows = await _folder.ReopenOnAsync(journal[..length]);
            Assert.Equal(length == journal.Length ? 4 : 1, rows.Count);
        }
    }

    [Fact]
    public async Task Open_AnyByteFlippedBeforeTheLastWrite_IsRefusedAndLeftAsItIs()
    {
        var (journal, ends) = await WriteAsync(rows: 3);

        for (var offset = 0; offset < ends[^2]; offset++)
        {
            var damaged = journal.ToArray();
            damaged[offset] ^= 0x10;

            var refusal = await Assert.ThrowsAsync<JournalCorruptedException>(() => _folder.ReopenOnAsync(damaged));

            Assert.Contains(_folder.JournalPath, refusal.Message, StringComparison.Ordinal);
            Assert.Equal(damaged, await File.ReadAllBytesAsync(_folder.JournalPath));
        }
    }

    [Fact]
    public async Task Open_WriteMissingInTheMiddle_IsRefused()
    {
        var (journal, ends) = await WriteAsync(rows: 4);

        byte[] spliced = [.. journal[..ends[1]], .. journal[ends[2]..]];

        await Assert.ThrowsAsync<JournalCorruptedException>(() => _folder.ReopenOnAsync(spliced));
    }

    [Fact]
    public async Task Open_CutInsideTheCompactedPart_IsRefused()
    {
        var options = new EmbeddedTableStoreOptions { Folder = _folder.Path, CompactionMinimumBytes = 0, Durability = JournalDurability.OperatingSystem };
        await using (var store = await _folder.OpenAsync(options))
        {
            for (var i = 0; i < 20; i++)
                await PutAsync(store, $"{i % 4}", i);
        }

        var journal = await File.ReadAllBytesAsync(_folder.JournalPath);

        await Assert.ThrowsAsync<JournalCorruptedException>(() => _folder.ReopenOnAsync(journal[..60]));
    }

    [Fact]
    public async Task Open_AfterRefusal_LetsGoOfTheFolder()
    {
        var (journal, _) = await WriteAsync(rows: 2);
        var damaged = journal.ToArray();
        damaged[0] = 0;
        await Assert.ThrowsAsync<JournalCorruptedException>(() => _folder.ReopenOnAsync(damaged));

        Assert.Equal(2, (await _folder.ReopenOnAsync(journal)).Count);
    }

    /// <summary>Writes rows 0, 1, … one frame each; where each frame ends.</summary>
    private async Task<(byte[] Journal, List<int> Ends)> WriteAsync(int rows)
    {
        var ends = new List<int>();
        await using (var store = await _folder.OpenAsync())
        {
            for (var i = 0; i < rows; i++)
            {
                await PutAsync(store, $"{i}", i);
                ends.Add((int)new FileInfo(_folder.JournalPath).Length);
            }
        }

        return (await File.ReadAllBytesAsync(_folder.JournalPath), ends);
    }
}
