using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;
using ServerlessRouter.State;
using ServerlessRouter.State.Sqlite;
using Xunit;
using static ServerlessRouter.Core.Tests.State.Sqlite.SqliteStoreFolder;

namespace ServerlessRouter.Core.Tests.State.Sqlite;

public sealed class SqliteDamageTests : IDisposable
{
    private const int Rows = 100;

    private readonly SqliteStoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Open_AnyByteFlipped_IsRefusedByNameOrReadsAreAndNoRowIsEverAnother()
    {
        var database = await WriteAsync();
        var (refused, unread, harmless) = (0, 0, 0);

        for (var offset = 0; offset < database.Length; offset += 97)
        {
            var damaged = database.ToArray();
            damaged[offset] ^= 0x10;
            try
            {
                var rows = await _folder.ReopenOnAsync(damaged, []);
                Assert.Equal(Enumerable.Range(0, Rows), rows.Values.Order());
                harmless++;
            }
            catch (StateDamagedException damage)
            {
                Assert.Contains(_folder.DatabasePath, damage.Message, StringComparison.Ordinal);
                refused++;
            }
            catch (TableStoreUnavailableException damage)
            {
                Assert.Contains("save what can be read", damage.Message, StringComparison.Ordinal);
                unread++;
            }
        }

        Assert.True(refused > 0 && unread > 0, $"{refused} were refused at the start, {unread} when they were read, {harmless} hit what nothing uses.");
    }

    [Fact]
    public async Task Open_DatabaseCutAnywhere_IsRefusedByName()
    {
        var database = await WriteAsync();

        for (var length = 1; length < database.Length; length += 1777)
        {
            var failure = await Record.ExceptionAsync(() => _folder.ReopenOnAsync(database[..length], []));

            var refusal = Assert.IsType<StateDamagedException>(failure is null ? new InvalidOperationException($"{length} of {database.Length} bytes were taken for good.") : failure);
            Assert.Contains(_folder.DatabasePath, refusal.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Open_AfterRefusal_LetsGoOfTheFolder()
    {
        var database = await WriteAsync();
        var damaged = database.ToArray();
        damaged[0] = 0;
        await Assert.ThrowsAsync<StateDamagedException>(() => _folder.ReopenOnAsync(damaged, []));

        Assert.Equal(Rows, (await _folder.ReopenOnAsync(database, [])).Count);
    }

    /// <summary>A killed process leaves the log and its index behind; SQLite alone would begin on the database without a word.</summary>
    [Fact]
    public async Task Open_LogDeletedAloneAfterAKill_IsRefusedAndTheFolderIsLeftAsItWas()
    {
        var (database, log) = await WriteLogAsync();
        await File.WriteAllBytesAsync(_folder.DatabasePath, database);
        await File.WriteAllBytesAsync(_folder.DatabasePath + "-shm", []);
        File.Delete(_folder.LogPath);

        for (var start = 0; start < 2; start++)
        {
            var refusal = await Assert.ThrowsAsync<StateDamagedException>(() => _folder.OpenAsync());
            Assert.Contains($"'{_folder.LogPath}' of the database is missing", refusal.Message, StringComparison.Ordinal);
        }

        await File.WriteAllBytesAsync(_folder.LogPath, log);
        await using (var store = await _folder.OpenAsync())
            Assert.Equal(Rows, (await NumbersAsync(store)).Count);

        // The way out that the message names.
        await File.WriteAllBytesAsync(_folder.DatabasePath, database);
        await File.WriteAllBytesAsync(_folder.DatabasePath + "-shm", []);
        await Assert.ThrowsAsync<StateDamagedException>(() => _folder.OpenAsync());
        File.Delete(_folder.DatabasePath + "-shm");
        await using var backup = await _folder.OpenAsync();
        Assert.True((await NumbersAsync(backup)).Count < Rows);
    }

    /// <summary>SQLite alone would leave out all that follows, without a word. Only the last transaction may be what a crash left unfinished.</summary>
    [Fact]
    public async Task Open_AnyByteOfTheLogFlipped_IsRefusedByNameUnlessInTheLastTransaction()
    {
        var (database, log) = await WriteLogAsync();
        var (refused, cut) = (0, 0);

        for (var offset = 0; offset < log.Length; offset += 1777)
        {
            var damaged = log.ToArray();
            damaged[offset] ^= 0x10;
            try
            {
                Assert.InRange((await _folder.ReopenOnAsync(database, damaged)).Count, Rows - 1, Rows);
                cut++;
            }
            catch (StateDamagedException damage)
            {
                Assert.Contains($"'{_folder.LogPath}' of the database is damaged at byte ", damage.Message, StringComparison.Ordinal);
                Assert.Equal(damaged, await File.ReadAllBytesAsync(_folder.LogPath));
                refused++;
            }
        }

        Assert.True(refused > 20 && cut < 10, $"{refused} were refused, {cut} taken for an unfinished write.");
    }

    [Fact]
    public async Task Open_LogCutAsTheRefusalSays_HasWhatIsBeforeTheDamage()
    {
        var (database, log) = await WriteLogAsync();
        log[log.Length / 2] ^= 0x10;
        var refusal = await Assert.ThrowsAsync<StateDamagedException>(() => _folder.ReopenOnAsync(database, log));
        var whole = int.Parse(Regex.Match(refusal.Message, "cut the log to ([0-9]+) bytes").Groups[1].Value, CultureInfo.InvariantCulture);

        var rows = await _folder.ReopenOnAsync(database, log[..whole]);

        Assert.InRange(rows.Count, 1, Rows - 1);
        Assert.Equal(Enumerable.Range(0, rows.Count), rows.Values.Order());
    }

    [Fact]
    public async Task Open_DatabaseIsEmptyAndItsLogIsNot_IsRefusedAndTheLogIsLeft()
    {
        var (_, log) = await WriteLogAsync();

        var refusal = await Assert.ThrowsAsync<StateDamagedException>(() => _folder.ReopenOnAsync([], log));

        Assert.Contains(_folder.DatabasePath, refusal.Message, StringComparison.Ordinal);
        Assert.Equal(log, await File.ReadAllBytesAsync(_folder.LogPath));
    }

    [Fact]
    public async Task Open_DatabaseOfAnotherProgram_IsRefusedAndLeftAsItIs()
    {
        Execute("CREATE TABLE theirs (text TEXT); INSERT INTO theirs VALUES ('kept')");
        var theirs = await File.ReadAllBytesAsync(_folder.DatabasePath);

        var refusal = await Assert.ThrowsAsync<StateDamagedException>(() => _folder.OpenAsync());

        Assert.Contains("is not a router's", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(theirs, await File.ReadAllBytesAsync(_folder.DatabasePath));
    }

    /// <summary>As <c>.recover</c> leaves a database whose page with the table was lost: SQLite finds it whole.</summary>
    [Theory]
    [InlineData("entities")]
    [InlineData("sizes")]
    [InlineData("migrated")]
    public async Task Open_TableIsMissing_IsRefusedByItsName(string table)
    {
        await WriteAsync();
        Execute($"DROP TABLE {table}");

        var refusal = await Assert.ThrowsAsync<StateDamagedException>(() => _folder.OpenAsync());

        Assert.Contains($"it has no table '{table}'", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("Restore it from a backup", refusal.Message, StringComparison.Ordinal);
    }

    /// <summary>A copy made by VACUUM INTO has no log of its own, so that a backup of it would hold up the writer.</summary>
    [Fact]
    public async Task Open_CopyByVacuumInto_WritesWhileAnotherProgramReads()
    {
        await WriteAsync();
        var copy = _folder.DatabasePath + ".copy";
        Execute($"VACUUM INTO '{copy}'");
        File.Move(copy, _folder.DatabasePath, overwrite: true);
        await using var store = await _folder.OpenAsync();
        using var reader = new SqliteConnection($"Data Source={_folder.DatabasePath};Pooling=False");
        reader.Open();
        reader.Execute("BEGIN");
        Assert.Equal(Rows, reader.Number("SELECT count(*) FROM entities"));

        await PutAsync(store, "more", Rows);

        Assert.Equal(Rows + 1, (await NumbersAsync(store)).Count);
    }

    /// <summary>One bit tells text from bytes in SQLite's file, and its integrity check allows either.</summary>
    [Fact]
    public async Task Read_ColumnHasBecomeAnotherType_IsRefusedByTheRowsName()
    {
        await WriteAsync();
        Execute("UPDATE entities SET props = CAST(props AS TEXT) WHERE rk = '007'");
        await using var store = await _folder.OpenAsync();

        var read = await Assert.ThrowsAsync<TableStoreUnavailableException>(async () => await store.GetAsync(Table, "p", "007"));
        var write = await Assert.ThrowsAsync<TableStoreUnavailableException>(async () => await store.WriteAsync(Table, TableOperation.UpsertMerge(Row("007", 1))));

        Assert.All([read, write], static refusal => Assert.Contains("'p'/'007' is not what was written", refusal.Message, StringComparison.Ordinal));
    }

    private void Execute(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={_folder.DatabasePath};Pooling=False");
        connection.Open();
        connection.Execute(sql);
    }

    /// <summary>The files of a router that was killed: all rows are in the log, a transaction each.</summary>
    private async Task<(byte[] Database, byte[] Log)> WriteLogAsync()
    {
        await using var store = await _folder.OpenAsync();
        for (var i = 0; i < Rows; i++)
            await PutAsync(store, $"{i:D3}", i);
        return (Read(_folder.DatabasePath), Read(_folder.LogPath));
    }

    private async Task<byte[]> WriteAsync()
    {
        await using (var store = await _folder.OpenAsync())
        {
            for (var i = 0; i < Rows; i++)
                await store.WriteAsync(Table, TableOperation.Insert(Row($"{i:D3}", i).With("Text", new string('t', i * 20))));
        }

        return await File.ReadAllBytesAsync(_folder.DatabasePath);
    }
}
