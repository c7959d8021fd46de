using System.Collections.Concurrent;
using ServerlessRouter.State;
using ServerlessRouter.State.Sqlite;
using Xunit;
using static ServerlessRouter.Core.Tests.State.Sqlite.SqliteStoreFolder;

namespace ServerlessRouter.Core.Tests.State.Sqlite;

public sealed class SqliteCrashTests : IDisposable
{
    private const int Writers = 4;
    private const int Copies = 40;

    private readonly SqliteStoreFolder _folder = new();
    private readonly SqliteStoreFolder _restarted = new();
    private readonly ConcurrentDictionary<string, int> _answered = new();

    public void Dispose()
    {
        _folder.Dispose();
        _restarted.Dispose();
    }

    /// <summary>A copy of the files at any moment of writing is what a killed process leaves behind.</summary>
    [Fact]
    public async Task Reopen_CopyTakenInTheMiddleOfAnyTransaction_HasEveryAnsweredWrite()
    {
        using var stop = new CancellationTokenSource();
        var copies = new List<(KeyValuePair<string, int>[] Answered, byte[] Database, byte[] Log)>();
        var commits = 0;
        await using var store = await _folder.OpenAsync(_folder.Options with
        {
            BeforeCommit = () =>
            {
                // Some writing takes place between copies, a different amount each time.
                if (copies.Count == Copies || ++commits % (copies.Count + 1) != 0)
                    return;
                var answered = _answered.ToArray();
                copies.Add((answered, Read(_folder.DatabasePath), Read(_folder.LogPath)));
                if (copies.Count == Copies)
                    stop.Cancel();
            },
        });
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(() => WriteUntilAsync(store, $"{writer}", stop.Token))));

        Assert.Equal(Copies, copies.Count);
        foreach (var (answered, database, log) in copies)
        {
            var rows = await _restarted.ReopenOnAsync(database, log);
            foreach (var (row, number) in answered)
            {
                Assert.InRange(rows[row], number, int.MaxValue);
                Assert.Equal(rows[row], rows[row + "twin"]);
            }
        }
    }

    /// <summary>A power loss may cut the last write anywhere, or leave the file's new length without its bytes.</summary>
    [Theory, InlineData(false), InlineData(true)]
    public async Task Reopen_LogIsTornAnywhere_HasAllBeforeTheTearAndTransactionsWhole(bool leavesZeros)
    {
        byte[] database, log;
        await using (var store = await _folder.OpenAsync())
        {
            for (var i = 0; i < 20; i++)
                await store.TransactAsync(Table, [TableOperation.Insert(Row($"{i:D2}", i)), TableOperation.Insert(Row($"{i:D2}twin", i))]);
            (database, log) = (Read(_folder.DatabasePath), Read(_folder.LogPath));
        }

        var before = 0;
        for (var length = 0; length <= log.Length; length += Math.Min(1009, Math.Max(1, log.Length - length)))
        {
            var torn = log[..length];
            if (leavesZeros)
                Array.Resize(ref torn, log.Length);
            var rows = await _restarted.ReopenOnAsync(database, torn);

            Assert.Equal(0, rows.Count % 2);
            Assert.InRange(rows.Count, before, 40);
            Assert.Equal(Enumerable.Range(0, rows.Count / 2), rows.Where(static row => !row.Key.EndsWith("twin", StringComparison.Ordinal)).Select(static row => row.Value).Order());
            before = rows.Count;
        }

        Assert.Equal(40, before);
    }

    private async Task WriteUntilAsync(SqliteTableStore store, string row, CancellationToken stop)
    {
        for (var number = 0; !stop.IsCancellationRequested; number++)
        {
            // Two rows in one transaction: a restart must never see them differ.
            await store.TransactAsync(
                Table, [TableOperation.UpsertReplace(Row(row, number)), TableOperation.UpsertReplace(Row(row + "twin", number))], CancellationToken.None);
            _answered[row] = number;
        }
    }
}
