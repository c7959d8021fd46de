using System.Runtime.InteropServices;
using ServerlessRouter.State;

namespace ServerlessRouter.Recording.Usage;

/// <summary>Adds up what a query asks for, by span and group.</summary>
internal sealed class UsageSums(UsageQuery query)
{
    private readonly Dictionary<(DateTimeOffset From, UsageDimensions Group), UsageTally> _tallies = [];

    /// <summary>Adds a row that was read, where it is asked for.</summary>
    public void Add(TableEntity row)
    {
        if (row.RowKey[0] == UsageTables.Change || (query.Bucket == UsageBucket.Hour && row.RowKey[0] == UsageTables.Day))
            return;
        var (hour, dimensions) = (UsageTables.HourOf(row), UsageRow.Dimensions(row));
        var from = query.Bucket == UsageBucket.Day ? UsageTables.DayOf(hour) : hour;
        if (from >= query.From && from < query.To && query.Asks(dimensions))
            CollectionsMarshal.GetValueRefOrAddDefault(_tallies, (from, query.Group(dimensions)), out _) += UsageRow.Tally(row);
    }

    public void Add(UsageSums more)
    {
        foreach (var (name, tally) in more._tallies)
            CollectionsMarshal.GetValueRefOrAddDefault(_tallies, name, out _) += tally;
    }

    /// <summary>The order of pages, which <see cref="UsageCursor"/> tells places in.</summary>
    public IEnumerable<UsageSum> InOrder()
    {
        var span = query.Bucket == UsageBucket.Day ? TimeSpan.FromDays(1) : TimeSpan.FromHours(1);
        return _tallies
            .Select(known => new UsageSum(known.Key.From, known.Key.From + span, known.Key.Group, known.Value))
            .OrderBy(static sum => sum.From).ThenBy(static sum => UsageCursor.KeyOf(sum.Group), StringComparer.Ordinal);
    }
}
