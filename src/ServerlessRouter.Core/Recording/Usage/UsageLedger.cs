using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using ServerlessRouter.Pipeline;
using ServerlessRouter.State;

namespace ServerlessRouter.Recording.Usage;

/// <summary>Adds up, in memory, what the live requests of this instance used; the hour of a request is the one it ended in. The configuration bounds how many accounts there are.</summary>
internal sealed partial class UsageLedger(string writer, TimeProvider time, ILogger<UsageLedger> logger) : IRequestListener
{
    /// <summary>A clock that is set back by less is being kept right.</summary>
    private static readonly TimeSpan UsualCorrection = TimeSpan.FromHours(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<(DateTimeOffset Hour, UsageDimensions Dimensions), UsageAccount> _accounts = [];

    /// <summary>The request that is being counted, or was counted last.</summary>
    private readonly List<UsageEntry> _split = [];
    private DateTimeOffset _latest;
    private DateTimeOffset _hour;

    /// <summary>How often the clock went back into an earlier hour. Its accounts may have been given away, and new ones must not write to their rows.</summary>
    private int _returns;

    public void OnSettled(RequestContext context)
    {
        // What a job used counts when it settles, exactly once (UsageParts).
        if (context.Recalled is not null)
            return;
        lock (_lock)
        {
            Tick();
            _split.Clear();
            UsageSplit.AddTo(_split, context, _hour);
            foreach (ref readonly var entry in CollectionsMarshal.AsSpan(_split))
                AccountOf(entry.Dimensions).Total += entry.Tally;
        }
    }

    /// <summary>Accounts of which the store lacks something, with what they come to now.</summary>
    public List<(UsageAccount Account, UsageTally Total)> Unwritten()
    {
        lock (_lock)
            return [.. _accounts.Values.Where(static account => account.Lacks(account.Total)).Select(static account => (account, account.Total))];
    }

    /// <summary>Gives away the accounts of other hours that the store holds to the last.</summary>
    public void Forget()
    {
        lock (_lock)
        {
            foreach (var (name, account) in _accounts)
            {
                if (name.Hour != _hour && !account.IsUncertain && !account.Lacks(account.Total))
                    _accounts.Remove(name);
            }
        }
    }

    private void Tick()
    {
        var now = time.GetUtcNow();
        var hour = UsageTables.HourOf(now);
        if (hour < _hour)
            _returns++;
        if (_latest - now > UsualCorrection)
            LogSetBack(_latest, now);
        (_latest, _hour) = (now, hour);
    }

    private UsageAccount AccountOf(in UsageDimensions dimensions)
    {
        if (_accounts.TryGetValue((_hour, dimensions), out var known))
            return known;
        return _accounts[(_hour, dimensions)] = new UsageAccount(_returns == 0 ? writer : $"{writer}-{_returns}", _hour, dimensions);
    }

    [LoggerMessage(1, LogLevel.Warning, "The clock went back from {Before:u} to {Now:u}; what was used meanwhile is counted in the hours that the clock told")]
    private partial void LogSetBack(DateTimeOffset before, DateTimeOffset now);
}

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
