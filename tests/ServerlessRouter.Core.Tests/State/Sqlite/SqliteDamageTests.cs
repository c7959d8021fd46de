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
                Assert.Contains(".recover", damage.Message, StringComparison.Ordinal);
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
