using System.Runtime.InteropServices;

namespace ServerlessRouter.Recording.Usage;

/// <summary>What was used in a span, told apart by dimensions and, where it was just written, by minutes of its hour.</summary>
internal sealed class UsageBook
{
    private readonly Dictionary<(int Minute, UsageDimensions Dimensions), UsageCell> _cells = [];

    public int Count => _cells.Count;

    public IEnumerable<KeyValuePair<(int Minute, UsageDimensions Dimensions), UsageCell>> Cells => _cells;

    /// <summary>The figures of a minute and dimensions; new ones where there are none.</summary>
    public UsageCell CellOf(int minute, in UsageDimensions dimensions) =>
        CollectionsMarshal.GetValueRefOrAddDefault(_cells, (minute, dimensions), out _) ??= new UsageCell();

    /// <summary>Whether there are figures of these already.</summary>
    public bool Has(int minute, in UsageDimensions dimensions) => _cells.ContainsKey((minute, dimensions));

    /// <summary>The same sums, told apart by what a view holds alone.</summary>
    public UsageBook Of(UsageView view)
    {
        var sums = new UsageBook();
        foreach (var (name, cell) in _cells)
            sums.CellOf(0, view.Of(name.Dimensions)).Add(cell);
        return sums;
    }
}

/// <summary>The figures of one set of dimensions.</summary>
internal sealed class UsageCell
{
    private static readonly UsageTimes NoTimes = new();
    private UsageTimes? _times;

    public UsageTally Tally { get; set; }

    /// <summary>To read; empty where nothing was observed.</summary>
    public UsageTimes Times => _times ?? NoTimes;

    /// <summary>To add to.</summary>
    public UsageTimes OwnTimes() => _times ??= new UsageTimes();

    public void Add(UsageCell other)
    {
        Tally += other.Tally;
        if (!other.Times.IsEmpty)
            OwnTimes().Add(other.Times);
    }
}
