using ServerlessRouter.Recording.Usage;
using ServerlessRouter.State;

namespace ServerlessRouter.Http.Health;

/// <summary>What deployments did in the last hour, added up over all instances: from the sums of usage, of which the last hour has a few rows for each instance.</summary>
internal sealed class LastHour
{
    /// <summary>More than a configuration has.</summary>
    private const int MaxDeployments = 10_000;

    private static readonly TimeSpan Length = TimeSpan.FromHours(1);

    private readonly Dictionary<(string?, string?), UsageSum> _sums;

    private LastHour(DateTimeOffset from, DateTimeOffset to, IEnumerable<UsageSum> sums) =>
        (From, To, _sums) = (from, to, sums.ToDictionary(static sum => (sum.Group.Model, sum.Group.Deployment)));

    /// <summary>The beginning of a minute.</summary>
    public DateTimeOffset From { get; }

    public DateTimeOffset To { get; }

    /// <summary>Null where it cannot be told just now; what an instance knows by itself is told all the same.</summary>
    public static async ValueTask<LastHour?> ReadAsync(UsageReader usage, CancellationToken cancellationToken)
    {
        var now = usage.Now;
        var to = now - TimeSpan.FromTicks(now.Ticks % TimeSpan.TicksPerMinute) + TimeSpan.FromMinutes(1);
        var query = new UsageQuery { From = to - Length, To = to, Bucket = UsageBucket.Window, Groups = UsageGroups.Model | UsageGroups.Deployment, Limit = MaxDeployments };
        try
        {
            return (await usage.ReadAsync(query, cancellationToken)).Page is { } page ? new LastHour(query.From, to, page.Sums) : null;
        }
        catch (TableStoreUnavailableException)
        {
            return null;
        }
    }

    /// <summary>Null where no instance called it.</summary>
    public UsageSum? Of(string model, string deployment) => _sums.TryGetValue((model, deployment), out var sum) && sum.Tally.Attempts > 0 ? sum : null;
}
