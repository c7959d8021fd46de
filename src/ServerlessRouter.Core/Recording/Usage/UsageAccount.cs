using ServerlessRouter.State;

namespace ServerlessRouter.Recording.Usage;

/// <summary>
/// What this instance has counted for one hour and one set of dimensions, and how much of it the store holds. A row of the instance's own is replaced by larger figures
/// under its ETag, never added to; what a roll-up has taken over is written no more, and what comes behind it goes into a new row.
/// </summary>
internal sealed class UsageAccount(string writer, DateTimeOffset hour, UsageDimensions dimensions)
{
    private readonly string _hash = dimensions.Hash();
    private int _row;
    private string? _etag;
    private UsageTally _taken;
    private UsageTally _written;

    public DateTimeOffset Hour => hour;

    public string Partition => UsageTables.Partition(hour, _hash);

    /// <summary>Everything counted so far; under the ledger's lock.</summary>
    public UsageTally Total { get; set; }

    /// <summary>A write was begun and it is not known whether it took place.</summary>
    public bool IsUncertain { get; set; }

    public string RowKey => UsageTables.PartKey(UsageTables.Part, hour, _hash, Writer);

    /// <summary>Where a roll-up puts the row once its figures are in the hour's.</summary>
    public string TakenKey => UsageTables.PartKey(UsageTables.TakenPart, hour, _hash, Writer);

    private string Writer => $"{writer}.{_row}";

    /// <summary>Whether the store lacks something of these figures.</summary>
    public bool Lacks(in UsageTally total) => total - _taken != _written;

    /// <summary>Brings the row up to these figures.</summary>
    public TableOperation Write(in UsageTally total)
    {
        var row = UsageRow.Write(Partition, RowKey, dimensions, total - _taken);
        return _etag is null ? TableOperation.Insert(row) : TableOperation.UpdateReplace(row, _etag);
    }

    /// <summary>The row holds these figures.</summary>
    public void Written(in UsageTally total, string? etag) => (_written, _etag) = (total - _taken, etag);

    /// <summary>The row was found as it is.</summary>
    public void Found(TableEntity row) => (_written, _etag, IsUncertain) = (UsageRow.Tally(row), row.ETag, false);

    /// <summary>A roll-up has taken the row: with these figures, or, where its trace is gone, with those last known.</summary>
    public void Taken(TableEntity? trace)
    {
        _taken += trace is null ? _written : UsageRow.Tally(trace);
        (_written, _etag, IsUncertain) = (default, null, false);
        _row++;
    }

    /// <summary>There is no row and no trace of one.</summary>
    public void Missing()
    {
        if (_etag is null)
            IsUncertain = false;
        else
            Taken(null);
    }
}
