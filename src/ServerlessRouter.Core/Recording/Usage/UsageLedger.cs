using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using ServerlessRouter.Pipeline;

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
