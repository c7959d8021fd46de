using System.Runtime.InteropServices;
using ServerlessRouter.State;

namespace ServerlessRouter.Recording.Usage;

/// <summary>Adds up what a query asks for, by span and group.</summary>
internal sealed class UsageSums(UsageQuery query)
{
    private readonly Dictionary<(DateTimeOffset From, UsageDimensions Group), UsageCell> _cells = [];

    public UsageQuery Query => query;

    /// <summary>The sums that tell apart what is asked for.</summary>
    public UsageView View { get; } = UsageView.For(query.Needed);

    /// <summary>Adds a sum of a span, or what came late.</summary>
    public void Add(TableEntity row)
    {
        var start = UsageShelf.StartOf(row);
        UsagePages.Read(row, (_, dimensions) => Find(start, dimensions));
    }

    /// <summary>Adds those minutes of a writer's row that lie in a span.</summary>
    public void AddMinutes(TableEntity row, DateTimeOffset from, DateTimeOffset to)
    {
        // What jobs used is told by the hour.
        if (query.Bucket == UsageBucket.Minute && row.RowKey.Contains(UsageParts.Prefix, StringComparison.Ordinal))
            return;
        var hour = UsageTables.HourOf(UsageShelf.StartOf(row));
        UsagePages.Read(row, (minute, dimensions) => hour.AddMinutes(minute) is var time && time >= from && time < to ? Find(time, dimensions) : null);
    }

    /// <summary>Adds a row of an earlier version.</summary>
    public void AddEarlier(TableEntity row)
    {
        if (Find(UsageTables.HourOf(row), UsageRow.Dimensions(row)) is { } cell)
            cell.Tally += UsageRow.Tally(row);
    }

    public void Add(UsageSums more)
    {
        foreach (var (name, cell) in more._cells)
            CellOf(name).Add(cell);
    }

    /// <summary>The order of pages, which <see cref="UsageCursor"/> tells places in.</summary>
    public IEnumerable<UsageSum> InOrder() => _cells
        .Select(known => new UsageSum(known.Key.From, query.EndOf(known.Key.From), known.Key.Group, known.Value.Tally) { Times = known.Value.Times })
        .OrderBy(static sum => sum.From).ThenBy(static sum => UsageCursor.KeyOf(sum.Group), StringComparer.Ordinal);

    private UsageCell? Find(DateTimeOffset time, in UsageDimensions dimensions) =>
        time >= query.From && time < query.To && query.Asks(dimensions) ? CellOf((query.StartOf(time), query.Group(dimensions))) : null;

    private UsageCell CellOf((DateTimeOffset From, UsageDimensions Group) name) => CollectionsMarshal.GetValueRefOrAddDefault(_cells, name, out _) ??= new UsageCell();
}
