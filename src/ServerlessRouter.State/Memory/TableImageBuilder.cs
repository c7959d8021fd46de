using System.Collections.Immutable;

namespace ServerlessRouter.State.Memory;

/// <summary>Makes the next <see cref="TableImage"/> from one before and the row changes since.</summary>
internal sealed class TableImageBuilder
{
    private readonly Dictionary<string, ImmutableSortedSet<TableEntity>.Builder> _changed = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, long> _bytes = new(StringComparer.OrdinalIgnoreCase);
    private readonly TableImage _before;

    public TableImageBuilder(TableImage before) => _before = before;

    public void Apply(in RowChange change)
    {
        if (!_changed.TryGetValue(change.Table, out var rows))
        {
            _changed.Add(change.Table, rows = _before.Rows(change.Table).ToBuilder());
            _bytes.Add(change.Table, _before.BytesByTable.GetValueOrDefault(change.Table));
        }

        // A set keeps the element it has when an equal one is added, so the old row has to go first.
        if (rows.TryGetValue(change.Row, out var previous))
        {
            rows.Remove(previous);
            _bytes[change.Table] -= TableEntitySize.Stored(previous);
        }

        if (change.IsRemoval)
            return;

        rows.Add(change.Row);
        _bytes[change.Table] += TableEntitySize.Stored(change.Row);
    }

    public TableImage Build(long commits)
    {
        var tables = _before.Tables;
        foreach (var (table, rows) in _changed)
            tables = tables.SetItem(table, rows.ToImmutable());
        return new TableImage(tables, _before.BytesByTable.SetItems(_bytes), commits);
    }
}
