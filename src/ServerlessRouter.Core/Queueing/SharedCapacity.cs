using System.Collections.Concurrent;
using ServerlessRouter.Configuration;
using ServerlessRouter.Governance;

namespace ServerlessRouter.Queueing;

/// <summary>
/// Holds all instances over one store together to what a deployment is configured to take: its slots and its requests and tokens a minute are leased as the limits of keys are. A call is let in without
/// waiting where this instance holds enough; else the store is asked beside it, and the call waits in its queue. While the store is away each instance goes on alone, up to the whole capacity.
/// </summary>
internal sealed class SharedCapacity(ILimitLedger ledger, ILimitDemand demand) : IAsyncDisposable
{
    private readonly ConfigurationTable<DeploymentModel, SharedDeployment> _deployments = new();
    private readonly ConcurrentDictionary<Task, bool> _asking = [];

    /// <summary>Forgets deployments that this configuration does not have.</summary>
    public void Follow(RouterModel router) => _deployments.KeepOnly(router.Models.SelectMany(static model => model.Deployments));

    /// <summary>How many of a deployment's slots this instance may have in use.</summary>
    public int SlotsOf(DeploymentModel deployment, int most) => demand.ShareOf(Of(deployment).Subject, most);

    /// <summary>Calls wait here for a slot of a deployment.</summary>
    public void Want(DeploymentModel deployment) => demand.Want(Of(deployment).Subject);

    /// <summary>Counts a call in among those of all instances; false where there is no room, or where the store has to be asked first: then <paramref name="lookAgain"/> is called once it has answered.</summary>
    /// <param name="deployment">The deployment.</param>
    /// <param name="promptTokens">What the call takes of a capacity of tokens, as far as that is known.</param>
    /// <param name="lookAgain">Called where room may have come.</param>
    /// <param name="lease">What is to be settled when the call ends; null where the deployment takes any number of calls, and while the store is away.</param>
    public bool TryTake(DeploymentModel deployment, int promptTokens, Action lookAgain, out SharedLease? lease)
    {
        lease = null;
        if (deployment is { ConcurrentRequests: null, RequestsPerMinute: null, TokensPerMinute: null } || demand.IsStoreAway)
            return true;
        var shared = Of(deployment);
        if (shared.TryTakeInHand(out lease))
            return true;
        if (!shared.MayAsk)
            return false;
        var claims = shared.Claims(promptTokens);
        var reserving = ledger.ReserveAsync(claims, CancellationToken.None);
        if (reserving.IsCompletedSuccessfully)
            return (lease = LeaseOf(shared, claims, reserving.Result)) is not null;
        var asking = AskAsync(shared, claims, reserving, lookAgain);
        if (!asking.IsCompleted && _asking.TryAdd(asking, true) && asking.IsCompleted)
            _asking.TryRemove(asking, out _);
        return false;
    }

    /// <summary>Ends when the store has been asked for the last time, whatever came of it.</summary>
    public async ValueTask DisposeAsync() => await Task.WhenAll(_asking.Keys).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private SharedDeployment Of(DeploymentModel deployment) => _deployments.Of(deployment, static deployment => new SharedDeployment(deployment));

    private async Task AskAsync(SharedDeployment shared, Claim[] claims, ValueTask<ClaimOutcome> reserving, Action lookAgain)
    {
        try
        {
            // Never on the caller's thread: it is going through the calls that wait, and lookAgain goes through them too.
            if (await AnswerAsync(shared, claims, reserving).ConfigureAwait(ConfigureAwaitOptions.ForceYielding) is not { } lease)
                return;
            var hand = shared.Offer(lease);
            lookAgain();
            // None took it: it goes back.
            if (hand.TryTake())
                lease.Settle(wasSent: false, tokens: 0);
        }
        finally
        {
            foreach (var done in _asking.Keys.Where(static task => task.IsCompleted))
                _asking.TryRemove(done, out _);
        }
    }

    private async Task<SharedLease?> AnswerAsync(SharedDeployment shared, Claim[] claims, ValueTask<ClaimOutcome> reserving)
    {
        shared.Asking(1);
        try
        {
            return LeaseOf(shared, claims, await reserving.ConfigureAwait(false));
        }
        finally
        {
            shared.Asking(-1);
        }
    }

    private SharedLease? LeaseOf(SharedDeployment shared, Claim[] claims, in ClaimOutcome outcome)
    {
        if (outcome.Reservation is { } reservation)
            return new SharedLease(claims, reservation);
        demand.Want(shared.Subject);
        return null;
    }
}

/// <summary>What one call holds of a deployment's capacity.</summary>
internal sealed class SharedLease(Claim[] claims, ILimitReservation reservation)
{
    private const int MaxClaims = 3;

    /// <summary>Puts what the call used in the place of what was set aside for it; once.</summary>
    public void Settle(bool wasSent, long tokens)
    {
        Span<long> used = stackalloc long[MaxClaims];
        for (var place = 0; place < claims.Length; place++)
        {
            used[place] = claims[place].Limit.Measure switch
            {
                LimitMeasure.Requests => wasSent ? 1 : 0,
                LimitMeasure.Tokens => tokens,
                _ => 0,
            };
        }

        reservation.Settle(used[..claims.Length]);
    }
}
