using Microsoft.Extensions.Logging;
using ServerlessRouter.Pipeline;
using ServerlessRouter.State;

namespace ServerlessRouter.Recording.Usage;

/// <summary>Adds up, in memory, what the live requests of this instance used, five minutes at a time; the minute of a request is the one it ended in.</summary>
internal sealed partial class UsageLedger(string writer, TimeProvider time, ILogger<UsageLedger> logger) : IRequestListener
{
    /// <summary>Accounts that may wait for a store that is down: a day of them. Then what comes counts with the last of them, at its time, until that is full.</summary>
    public const int MaxUnwritten = 288;

    /// <summary>Accounts there are at most. Once the last of them is full too, what is new in it is told apart by its key alone.</summary>
    public const int MaxAccounts = MaxUnwritten + 32;

    /// <summary>A clock that is set back by less is being kept right.</summary>
    private static readonly TimeSpan UsualCorrection = TimeSpan.FromHours(1);

    private readonly Lock _lock = new();
    private readonly List<UsageAccount> _accounts = [];
    private readonly UsageFolding _folding = new();

    /// <summary>The request that is being counted, or was counted last.</summary>
    private readonly List<UsageEntry> _split = [];
    private DateTimeOffset _latest;
    private DateTimeOffset _slot;

    /// <summary>Accounts so far. Each has a name of its own, so that none replaces the row of another, wherever the clock is set to.</summary>
    private int _opened;

    public void OnSettled(RequestContext context)
    {
        // What a job used counts when it settles, exactly once (UsageParts).
        if (context.Recalled is not null)
            return;
        lock (_lock)
        {
            var now = Tick();
            _split.Clear();
            UsageSplit.AddTo(_split, context, UsageTables.HourOf(now));
            var account = Current();
            var minute = (account.Slot == _slot ? now : account.Slot).UtcDateTime.Minute;
            var isCrowded = account.IsFull;
            for (var place = 0; place < _split.Count; place++)
            {
                var dimensions = _folding.Fold(_split[place]);
                var cell = isCrowded ? account.CrowdedCellOf(minute, dimensions) : account.CellOf(minute, dimensions);
                cell.Tally += _split[place].Tally;
                // The first is the request itself, the others are calls for it.
                if (place == 0 && !isCrowded && UsageTimes.AreToldBy(context))
                    cell.OwnTimes().Add(context, time);
            }
        }
    }

    /// <summary>Accounts of which the store lacks something, with what their rows are to hold.</summary>
    public List<(UsageAccount Account, UsageWriting Writing)> Unwritten()
    {
        lock (_lock)
            return [.. _accounts.Where(static account => account.LacksSomething).Select(static account => (account, account.Begin()))];
    }

    /// <summary>Gives away the accounts of earlier minutes that the store holds to the last.</summary>
    public void Forget()
    {
        lock (_lock)
            _accounts.RemoveAll(account => (account.IsFull || account.Slot != _slot) && !account.LacksSomething);
    }

    private DateTimeOffset Tick()
    {
        var now = time.GetUtcNow();
        if (_latest - now > UsualCorrection)
            LogSetBack(_latest, now);
        (_latest, _slot) = (now, UsageShelf.SlotOf(now));
        return now;
    }

    private UsageAccount Current()
    {
        if (_accounts is [.., var last] && ((!last.IsFull && (last.Slot == _slot || _accounts.Count >= MaxUnwritten)) || _accounts.Count >= MaxAccounts))
            return last;
        var account = new UsageAccount($"{writer}.{_opened++}", _slot);
        _accounts.Add(account);
        return account;
    }

    [LoggerMessage(1, LogLevel.Warning, "The clock went back from {Before:u} to {Now:u}; what was used meanwhile is counted in the hours that the clock told")]
    private partial void LogSetBack(DateTimeOffset before, DateTimeOffset now);
}

/// <summary>
/// What this instance has counted in five minutes, and how much of it the store holds. Its row is the instance's own: replaced by larger figures under its ETag, never added to, and moved by no one.
/// </summary>
internal sealed class UsageAccount(string name, DateTimeOffset slot)
{
    /// <summary>Sets of dimensions and minutes that it holds at most; further ones go into another account.</summary>
    private const int MaxCells = 2000;

    /// <summary>Keys that one which is full and has to take more tells apart beyond.</summary>
    private const int MaxCrowdedKeys = 500;

    private readonly UsageBook _book = new();
    private int _changes;
    private int _written;
    private int _bytes;
    private string? _etag;
    private bool _isLate;

    /// <summary>Cells of keys alone, which are there since it is full.</summary>
    private int _crowded;

    public DateTimeOffset Slot => slot;

    public string Partition => _isLate ? UsageShelf.LatePartition : UsageShelf.Partition(slot);

    public string RowKey => _isLate ? UsageShelf.LateKey(UsageTables.HourOf(slot), name) : UsageShelf.SourceKey(slot, name);

    /// <summary>Nothing is added to it any more.</summary>
    public bool IsFull => _book.Count >= MaxCells || _bytes >= UsagePages.MaxBytes / 2;

    public bool LacksSomething => _changes != _written;

    /// <summary>A write was begun and it is not known whether it took place.</summary>
    public bool IsUncertain { get; set; }

    public UsageCell CellOf(int minute, in UsageDimensions dimensions)
    {
        _changes++;
        return _book.CellOf(minute, dimensions);
    }

    /// <summary>Figures of one that is full: those there are, or those of the key, or of <see cref="UsageFolding.Other"/> keys. So its row stays one that the store takes.</summary>
    public UsageCell CrowdedCellOf(int minute, in UsageDimensions dimensions)
    {
        if (_book.Has(minute, dimensions))
            return CellOf(minute, dimensions);
        var (first, key) = (slot.UtcDateTime.Minute, dimensions.Only(UsageGroups.Key));
        if (_book.Has(first, key))
            return CellOf(first, key);
        return _crowded++ < MaxCrowdedKeys ? CellOf(first, key) : CellOf(first, new UsageDimensions { Key = UsageFolding.Other });
    }

    /// <summary>Its figures as they are now; under the ledger's lock.</summary>
    public UsageWriting Begin()
    {
        var page = UsageBytes.Write(_book.Cells);
        // Also while no write gets through.
        _bytes = page.Length;
        return new UsageWriting(_changes, page);
    }

    /// <summary>Brings the row up to these figures.</summary>
    public TableOperation Write(UsageWriting writing)
    {
        var row = UsagePages.Row(Partition, RowKey, writing.Page);
        return _etag is null ? TableOperation.Insert(row) : TableOperation.UpdateReplace(row, _etag);
    }

    /// <summary>The row holds these figures.</summary>
    public void Written(UsageWriting writing, string? etag) => (_written, _etag) = (writing.Changes, etag);

    /// <summary>The row was found, or there is none. One that was written and is gone was given up once its sums were made: what came behind it is given up with it, for it would count twice.</summary>
    public void Found(TableEntity? row)
    {
        (_etag, IsUncertain) = (row?.ETag, false);
        if (row is null && _written != 0)
            _written = _changes;
    }

    /// <summary>Its row, where there is none yet, goes where what comes too late counts as it stands.</summary>
    public void GoLate() => _isLate |= _etag is null;
}

/// <summary>What is to stand in an account's row.</summary>
/// <param name="Changes">How often the account had changed by then.</param>
/// <param name="Page">Its figures.</param>
internal sealed record UsageWriting(int Changes, byte[] Page);
