using System.Collections.Immutable;

namespace ServerlessRouter.State.Memory;

/// <summary>All tables at one moment, immutable: readers and the compaction hold one while writers make the next.</summary>
internal sealed class TableImage
{
    public static readonly ImmutableSortedSet<TableEntity> NoRows = ImmutableSortedSet.Create<TableEntity>(RowOrder.Instance);

    public static readonly TableImage Empty = new(
        ImmutableDictionary.Create<string, ImmutableSortedSet<TableEntity>>(StringComparer.OrdinalIgnoreCase),
        ImmutableDictionary.Create<string, long>(StringComparer.OrdinalIgnoreCase),
        0);

    private readonly ImmutableDictionary<string, ImmutableSortedSet<TableEntity>> _tables;

    public TableImage(ImmutableDictionary<string, ImmutableSortedSet<TableEntity>> tables, ImmutableDictionary<string, long> bytesByTable, long commits)
    {
        _tables = tables;
        BytesByTable = bytesByTable;
        Commits = commits;
        LiveBytes = bytesByTable.Values.Sum();
    }

    /// <summary>How many commits of this process are in the image.</summary>
    public long Commits { get; }

    /// <summary>The rows' size as Table Storage counts it.</summary>
    public long LiveBytes { get; }

    /// <summary>The same for each table.</summary>
    public ImmutableDictionary<string, long> BytesByTable { get; }

    public ImmutableDictionary<string, ImmutableSortedSet<TableEntity>> Tables => _tables;

    public ImmutableSortedSet<TableEntity> Rows(string table) => _tables.GetValueOrDefault(table, NoRows);

    public TableEntity? Find(string table, string partitionKey, string rowKey) =>
        Rows(table).TryGetValue(new TableEntity(partitionKey, rowKey), out var row) ? row : null;

    public TableImage After(IReadOnlyList<RowChange> commit)
    {
        var builder = new TableImageBuilder(this);
        foreach (var change in commit)
            builder.Apply(change);
        return builder.Build(Commits + 1);
    }
}
