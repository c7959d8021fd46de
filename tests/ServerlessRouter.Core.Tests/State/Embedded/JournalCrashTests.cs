using System.Collections.Concurrent;
using System.Threading.Channels;
using ServerlessRouter.State;
using ServerlessRouter.State.Embedded;
using ServerlessRouter.Testing;
using Xunit;
using static ServerlessRouter.Core.Tests.State.Embedded.EmbeddedStoreFolder;

namespace ServerlessRouter.Core.Tests.State.Embedded;

public sealed class JournalCrashTests : IDisposable
{
    private const int Writers = 4;
    private const int Copies = 40;

    private readonly EmbeddedStoreFolder _folder = new();
    private readonly EmbeddedStoreFolder _restarted = new();
    private readonly ConcurrentDictionary<string, int> _answered = new();
    private readonly Channel<string> _answers = Channel.CreateBounded<string>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public void Dispose()
    {
        _folder.Dispose();
        _restarted.Dispose();
    }

    /// <summary>A copy of the journal at any moment is what a killed process leaves behind.</summary>
    [Theory]
    [InlineData(JournalDurability.Disk, 16 * 1024 * 1024)]
    [InlineData(JournalDurability.OperatingSystem, 2_000)]
    public async Task Reopen_CopyTakenAtAnyMomentOfWriting_HasEveryAnsweredWrite(JournalDurability durability, long compactionMinimumBytes)
    {
        var options = new EmbeddedTableStoreOptions { Folder = _folder.Path, Durability = durability, CompactionMinimumBytes = compactionMinimumBytes };
        using var stop = new CancellationTokenSource();
        await using var store = await _folder.OpenAsync(options);
        var writers = Enumerable.Range(0, Writers).Select(writer => Task.Run(() => WriteUntilAsync(store, $"{writer}", stop.Token))).ToList();

        for (var copy = 0; copy < Copies; copy++)
        {
            // Some writing takes place between copies, a different amount each time.
            for (var answer = 0; answer <= copy; answer++)
                await Patience.WaitAsync(_answers.Reader.ReadAsync().AsTask(), () => $"an answer to a writer; {writers.Count(static writer => writer.IsFaulted)} failed: {writers.Find(static writer => writer.IsFaulted)?.Exception}");

            var before = _answered.ToArray();
            var rows = await _restarted.ReopenOnAsync(await ReadJournalAsync());

            Assert.NotEmpty(before);
            foreach (var (row, number) in before)
            {
                Assert.InRange(rows[row], number, int.MaxValue);
                Assert.Equal(rows[row], rows[row + "twin"]);
            }
        }

        await stop.CancelAsync();
        await Task.WhenAll(writers);
    }

    private async Task WriteUntilAsync(EmbeddedTableStore store, string row, CancellationToken stop)
    {
        for (var number = 0; !stop.IsCancellationRequested; number++)
        {
            // Two rows in one transaction: a restart must never see them differ.
            await store.TransactAsync(
                Table, [TableOperation.UpsertReplace(Row(row, number)), TableOperation.UpsertReplace(Row(row + "twin", number))], CancellationToken.None);
            _answered[row] = number;
            _answers.Writer.TryWrite(row);
        }
    }

    private async Task<byte[]> ReadJournalAsync()
    {
        await using var file = new FileStream(_folder.JournalPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var copy = new MemoryStream();
        await file.CopyToAsync(copy);
        return copy.ToArray();
    }
}
