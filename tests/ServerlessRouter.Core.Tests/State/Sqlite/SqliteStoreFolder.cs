using ServerlessRouter.State;
using ServerlessRouter.State.Sqlite;

namespace ServerlessRouter.Core.Tests.State.Sqlite;

/// <summary>Opens and reads stores in a folder that goes away with the test.</summary>
internal sealed class SqliteStoreFolder : IDisposable
{
    public const string Table = "things";

    private readonly TemporaryFolder _folder = new();

    public string Path => _folder.Path;

    public string DatabasePath => System.IO.Path.Combine(Path, "router.db");

    public string LogPath => DatabasePath + "-wal";

    public string JournalPath => System.IO.Path.Combine(Path, "journal");

    public ManualTime Time { get; } = new();

    public ListLogger Log { get; } = new();

    public SqliteTableStoreOptions Options => new() { Folder = Path };

    public Task<SqliteTableStore> OpenAsync(FaultyCommits? commits = null) => OpenAsync(Options with { BeforeCommit = commits is null ? null : commits.Pass });

    /// <summary>Opens the store some time after the last, as a restart would.</summary>
    public Task<SqliteTableStore> OpenAsync(SqliteTableStoreOptions options)
    {
        Time.Advance(TimeSpan.FromMinutes(1));
        return SqliteTableStore.OpenAsync(options, Time, Log, CancellationToken.None);
    }

    /// <summary>What a store holds that is opened on these bytes: row key to <c>Number</c>.</summary>
    public async Task<Dictionary<string, int>> ReopenOnAsync(byte[] database, byte[] log)
    {
        File.Delete(DatabasePath + "-shm");
        await File.WriteAllBytesAsync(DatabasePath, database);
        await File.WriteAllBytesAsync(LogPath, log);
        await using var store = await OpenAsync();
        return await NumbersAsync(store);
    }

    public static async Task<Dictionary<string, int>> NumbersAsync(ITableStore store)
    {
        var numbers = new Dictionary<string, int>();
        await foreach (var row in store.QueryAsync(Table, TableQuery.All))
            numbers.Add(row.RowKey, row["Number"].AsInt32());
        return numbers;
    }

    public static TableEntity Row(string rowKey, int number) => new("p", rowKey) { ["Number"] = number };

    public static async Task PutAsync(ITableStore store, string rowKey, int number) =>
        await store.WriteAsync(Table, TableOperation.UpsertReplace(Row(rowKey, number)));

    /// <summary>A file that the store has open.</summary>
    public static byte[] Read(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var copy = new MemoryStream();
        file.CopyTo(copy);
        return copy.ToArray();
    }

    public void Dispose() => _folder.Dispose();
}
