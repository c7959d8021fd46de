using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using ServerlessRouter.Configuration;
using ServerlessRouter.Governance;

namespace ServerlessRouter.Queueing;

/// <summary>One deployment as all instances share it: the limits that its capacity is, and what the store has granted for calls that have yet to take it.</summary>
internal sealed class SharedDeployment(DeploymentModel deployment)
{
    /// <summary>Questions to the store that may be under way at once; one answer grants more than was asked for.</summary>
    private const int MaxAsking = 16;

    private readonly LimitModel[] _limits =
    [
        .. Limit("concurrentRequests", LimitMeasure.Concurrency, deployment.ConcurrentRequests, LimitWindow.None),
        .. Limit("requestsPerMinute", LimitMeasure.Requests, deployment.RequestsPerMinute, LimitWindow.Minute),
        .. Limit("tokensPerMinute", LimitMeasure.Tokens, deployment.TokensPerMinute, LimitWindow.Minute),
    ];

    private readonly ConcurrentQueue<OfferedLease> _offered = new();
    private int _asking;

    public LimitSubject Subject { get; } = new(SubjectKind.Deployment, deployment.Id);

    /// <summary>Not so many questions are under way that another one would help.</summary>
    public bool MayAsk => Volatile.Read(ref _asking) < MaxAsking;

    public void Asking(int change) => Interlocked.Add(ref _asking, change);

    /// <summary>What a call asks for.</summary>
    public Claim[] Claims(int promptTokens) => Array.ConvertAll(_limits, limit => new Claim(Subject, limit, limit.Measure == LimitMeasure.Tokens ? Math.Min(promptTokens, limit.Amount) : 1));

    /// <summary>Something that was granted for calls which wait.</summary>
    public OfferedLease Offer(SharedLease lease)
    {
        var offered = new OfferedLease(lease);
        _offered.Enqueue(offered);
        return offered;
    }

    public bool TryTakeInHand([NotNullWhen(true)] out SharedLease? lease)
    {
        while (_offered.TryDequeue(out var offered))
        {
            if (!offered.TryTake())
                continue;
            lease = offered.Lease;
            return true;
        }

        lease = null;
        return false;
    }

    private static LimitModel[] Limit(string name, LimitMeasure measure, int? amount, LimitWindow window) =>
        // A store that is slow once is no reason to use what another instance may have: the call waits in its queue, and asks again.
        amount is not { } most ? [] : [new LimitModel($"deployment.{name}", measure, most, window) { OnStoreFailure = StoreFailureRule.Closed }];
}

/// <summary>Something that was granted, for the first call that takes it.</summary>
internal sealed class OfferedLease(SharedLease lease)
{
    private int _isTaken;

    public SharedLease Lease => lease;

    public bool TryTake() => Interlocked.Exchange(ref _isTaken, 1) == 0;
}
