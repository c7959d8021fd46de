using ServerlessRouter.Configuration;

namespace ServerlessRouter.Governance;

/// <summary>Counts what is used of limits, for all instances over one store. Reserve first, settle on every way out.</summary>
public interface ILimitLedger
{
    /// <summary>
    /// Sets aside what the claims ask for: all of it or nothing. Waits for the store only where this instance has no grant left of a limit that may have some, and then for a bounded time. A claim of tokens
    /// or money above what is left is cut to what is left.
    /// </summary>
    ValueTask<ClaimOutcome> ReserveAsync(IReadOnlyList<Claim> claims, CancellationToken cancellationToken);

    /// <summary>Counts what was used without a reservation: behind a restart, or on another instance than the one that reserved. Never waits, never refuses.</summary>
    void Charge(IReadOnlyList<Claim> used);

    /// <summary>What this instance knows of a limit. Never waits.</summary>
    LimitStanding Look(LimitSubject subject, LimitModel limit);

    /// <summary>The same of the limits of several claims, in their order.</summary>
    void Look(ReadOnlySpan<Claim> claims, Span<LimitStanding> standings)
    {
        for (var place = 0; place < claims.Length; place++)
            standings[place] = Look(claims[place].Subject, claims[place].Limit);
    }
}

/// <summary>What became of asking for a reservation.</summary>
/// <param name="Reservation">What was set aside; null where it was refused.</param>
/// <param name="Refusal">Why not; null where it was set aside.</param>
public readonly record struct ClaimOutcome(ILimitReservation? Reservation, LimitRefusal? Refusal);

/// <summary>What is set aside for one request.</summary>
public interface ILimitReservation
{
    /// <summary>Puts what was used, in the order of the claims, in the place of what was set aside; once, further calls do nothing. Concurrency is given back whatever stands there. Never waits.</summary>
    void Settle(ReadOnlySpan<long> used);
}

/// <summary>Why a claim was refused.</summary>
/// <param name="Claim">The claim of which too little is left: of several the one that is free last.</param>
/// <param name="Reason">What kind of refusal it is.</param>
/// <param name="Standing">What is known of the limit.</param>
public sealed record LimitRefusal(Claim Claim, LimitRefusalReason Reason, LimitStanding Standing);

/// <summary>Why a limit has nothing left for a request.</summary>
public enum LimitRefusalReason
{
    /// <summary>It is used up until its window ends.</summary>
    UsedUp,

    /// <summary>What is left is set aside for other requests, which may give some of it back shortly.</summary>
    HeldByOthers,

    /// <summary>The store cannot be reached, and so how much is left is not known.</summary>
    StoreUnavailable,

    /// <summary>The key names more end users and sessions at once than are counted for one key.</summary>
    TooManySubjects,
}

/// <summary>How a limit stands, as far as this instance knows.</summary>
/// <param name="Amount">The limit.</param>
/// <param name="Used">Settled in this window.</param>
/// <param name="Pending">Granted to instances or set aside for requests, and not settled.</param>
/// <param name="ResetsAt">When the window ends; null for a session and for concurrency.</param>
public readonly record struct LimitStanding(long Amount, long Used, long Pending, DateTimeOffset? ResetsAt)
{
    /// <summary>Neither used nor pending.</summary>
    public long Remaining => Math.Max(0, Amount - Used - Pending);
}
