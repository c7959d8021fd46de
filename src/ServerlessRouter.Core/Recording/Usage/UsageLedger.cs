using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Recording.Usage;

/// <summary>Adds up, in memory, what the live requests of this instance used; the hour of a request is the one it ended in. The configuration bounds how many accounts there are.</summary>
internal sealed class UsageLedger(string writer, TimeProvider time) : IRequestListener
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(DateTimeOffset Hour, UsageDimensions Dimensions), UsageAccount> _accounts = [];
    private DateTimeOffset _hour;

    public void OnSettled(RequestContext context)
    {
        // What a job used counts when it settles, exactly once (UsageParts).
        if (context.Recalled is not null)
            return;
        lock (_lock)
        {
            // A clock that is set back opens no hour again whose accounts are given away.
            var now = UsageTables.HourOf(time.GetUtcNow());
            _hour = now > _hour ? now : _hour;
            foreach (var entry in UsageSplit.Of(context, _hour))
                AccountOf(entry.Dimensions).Total += entry.Tally;
        }
    }

    /// <summary>Accounts of which the store lacks something, with what they come to now.</summary>
    public List<(UsageAccount Account, UsageTally Total)> Unwritten()
    {
        lock (_lock)
            return [.. _accounts.Values.Where(static account => account.Lacks(account.Total)).Select(static account => (account, account.Total))];
    }

    /// <summary>Gives away the accounts of past hours that the store holds to the last.</summary>
    public void Forget()
    {
        lock (_lock)
        {
            foreach (var (name, account) in _accounts)
            {
                if (name.Hour < _hour && !account.IsUncertain && !account.Lacks(account.Total))
                    _accounts.Remove(name);
            }
        }
    }

    private UsageAccount AccountOf(in UsageDimensions dimensions)
    {
        if (_accounts.TryGetValue((_hour, dimensions), out var known))
            return known;
        return _accounts[(_hour, dimensions)] = new UsageAccount(writer, _hour, dimensions);
    }
}
