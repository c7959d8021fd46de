using ServerlessRouter.State;
using ServerlessRouter.State.Embedded;

namespace ServerlessRouter.Core.Tests.State.Embedded;

/// <summary>Opens and reads embedded stores in a folder that goes away with the test.</summary>
internal sealed class EmbeddedStoreFolder : IDisposable
{
    public const string Table = "journal";

    private readonly TemporaryFolder _folder = new();

    public string Path => _folder.Path;

    public string JournalPath => System.IO.Path.Combine(Path, "journal");

    public ManualTime Time { get; } = new();

    public ListLogger Log { get; } = new();

    public Task<EmbeddedTableStore> OpenAsync(JournalDurability durability = JournalDurability.OperatingSystem, IJournalDisk? disk = null) =>
        OpenAsync(new EmbeddedTableStoreOptions { Folder = Path, Durability = durability }, disk);

    /// <summary>Opens the store some time after the last, as a restart would.</summary>
    public Task<EmbeddedTableStore> OpenAsync(EmbeddedTableStoreOptions options, IJournalDisk? disk = null)
    {
        Time.Advance(TimeSpan.FromMinutes(1));
        return EmbeddedTableStore.OpenAsync(options, disk ?? JournalDisk.Instance, Time, Log, CancellationToken.None);
    }

    /// <summary>What a store reopened on these journal bytes holds: row key to <c>Number</c>.</summary>
    public async Task<Dictionary<string, int>> ReopenOnAsync(byte[] journal)
    {
        await File.WriteAllBytesAsync(JournalPath, journal);
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

    public void Dispose() => _folder.Dispose();
}
