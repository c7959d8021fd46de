using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Governance.Enforcement;

/// <summary>
/// Takes from the limits what a request is expected to use, or says why it may not: 1 what it asks of each limit, 2 another model where one is at its own limit, 3 at a spent
/// budget the cheapest candidate, or those that are free, 4 a place in the line where the limit queues.
/// </summary>
internal sealed class LimitDesk(ILimitLedger ledger, BudgetWatch watch, IRandomSource random, TimeProvider time)
{
    /// <summary>How long a try of something that is answered later may wait for a limit before it makes room for others.</summary>
    private static readonly TimeSpan JobPatience = TimeSpan.FromSeconds(30);

    /// <summary>How long a request that would be refused because the store is silent waits for it.</summary>
    private static readonly TimeSpan StorePatience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan StorePause = TimeSpan.FromMilliseconds(50);

    private readonly LongAnswers _answers = new();
    private readonly LimitLines _lines = new(time);

    public ILimitLedger Ledger => ledger;

    public IRandomSource Random => random;

    public DateTimeOffset Now => time.GetUtcNow();

    /// <summary>Null and the request has its share; or why not.</summary>
    public async ValueTask<RouterError?> TakeAsync(LimitTicket ticket, RequestContext context, CancellationToken cancellationToken)
    {
        var hasWaited = false;
        while (true)
        {
            if (context.Router.SharedLimits.ByModel.Count > 0 && !ticket.IsLaterStep)
                DropFallbacksAtTheirLimit(context);
            var claims = Fill(ticket, context);
            if (claims.Length == 0)
                return null;
            ClaimOutcome outcome;
            (outcome, hasWaited) = await ReserveOrWaitAsync(claims, hasWaited, context, cancellationToken).ConfigureAwait(false);
            if (outcome.Reservation is { } reservation)
            {
                ticket.Hold(claims, reservation);
                return null;
            }

            var refusal = outcome.Refusal!;
            if (!TryGoOnOtherwise(ticket, context, refusal))
                return LimitWords.Explain(refusal, time.GetUtcNow());
        }
    }

    /// <summary>Counts a request that is answered without a call against the limits of requests; tokens and money it uses none of, so that a caller whose budget is spent still has it answered.</summary>
    public async ValueTask<RouterError?> CountAnsweredAsync(LimitTicket ticket, RequestContext context, CancellationToken cancellationToken)
    {
        Claim[] claims = [.. ticket.Standing.Where(static claim => claim.Limit.Measure == LimitMeasure.Requests).Select(static claim => claim with { Amount = 1 })];
        if (claims.Length == 0)
            return null;
        var (outcome, _) = await ReserveOrWaitAsync(claims, hasWaited: false, context, cancellationToken).ConfigureAwait(false);
        if (outcome.Reservation is not { } reservation)
            return LimitWords.Explain(outcome.Refusal!, time.GetUtcNow());
        ticket.Hold(claims, reservation);
        return null;
    }

    /// <summary>Whether a limit or a budget of the request is used up already, so that nothing should be asked, and paid for, beside it.</summary>
    public async ValueTask<bool> IsUsedUpAsync(LimitTicket ticket, CancellationToken cancellationToken)
    {
        Claim[] claims = [.. ticket.Standing.Where(static claim => claim.Limit.Measure != LimitMeasure.Concurrency)];
        if (claims.Length == 0)
            return false;
        var outcome = await ledger.ReserveAsync(claims, cancellationToken).ConfigureAwait(false);
        outcome.Reservation?.Settle(new long[claims.Length]);
        return outcome.Refusal is { Reason: LimitRefusalReason.UsedUp };
    }

    /// <summary>Whether nothing is left of a limit of a model's own, as far as this instance knows.</summary>
    public bool IsAtLimit(RouterModel router, LanguageModel model)
    {
        if (!router.SharedLimits.ByModel.TryGetValue(model.Name, out var limits))
            return false;
        foreach (var limit in limits)
        {
            if (ledger.Look(new LimitSubject(SubjectKind.Model, model.Name), limit).Remaining == 0)
                return true;
        }

        return false;
    }

    /// <summary>Learns how long answers are.</summary>
    public void Learn(RequestContext context)
    {
        if (context.Operation == AttemptOperation.Chat && context.Answered is { Failure: null, Usage: { IsEstimated: false, CompletionTokens: > 0 and var tokens } } answered)
            _answers.Learn(context.CallerName, answered.Model.Name, tokens);
    }

    /// <summary>What was set aside may have come back: who waits for it looks again, and owners hear of budgets that run out.</summary>
    /// <param name="claims">What was asked of the limits.</param>
    /// <param name="standings">How they stand now.</param>
    public void Settled(ReadOnlySpan<Claim> claims, Span<LimitStanding> standings)
    {
        _lines.Signal(claims);
        ledger.Look(claims, standings);
        for (var place = 0; place < claims.Length; place++)
        {
            if (claims[place].Limit.Measure == LimitMeasure.Money)
                watch.Look(claims[place].Subject, claims[place].Limit, standings[place]);
        }
    }

    /// <summary>Counts what was used without having been set aside.</summary>
    public void Charge(Claim[] used)
    {
        ledger.Charge(used);
        foreach (var claim in used)
        {
            if (claim.Limit.Measure == LimitMeasure.Money)
                watch.Look(claim.Subject, claim.Limit, ledger.Look(claim.Subject, claim.Limit));
        }
    }

    /// <summary>Takes what is asked for, or, once for a request, waits for it where a limit says so.</summary>
    private async ValueTask<(ClaimOutcome Outcome, bool HasWaited)> ReserveOrWaitAsync(Claim[] claims, bool hasWaited, RequestContext context, CancellationToken cancellationToken)
    {
        var line = hasWaited || !_lines.HasWaiting ? null : LineBefore(claims, context);
        var outcome = line is null ? await ReserveAsync(claims, cancellationToken).ConfigureAwait(false) : default;
        if (!hasWaited && outcome.Refusal is { } first)
            line = LineFor(first, context);
        return line is null ? (outcome, hasWaited) : (await WaitAsync(line, claims, cancellationToken).ConfigureAwait(false), true);
    }

    /// <summary>A store that is slow to answer first, as after a start, is no reason to refuse a caller who has budget left: it is given a moment more.</summary>
    private async ValueTask<ClaimOutcome> ReserveAsync(Claim[] claims, CancellationToken cancellationToken)
    {
        var outcome = await ledger.ReserveAsync(claims, cancellationToken).ConfigureAwait(false);
        for (var since = time.GetTimestamp(); outcome.Refusal is { Reason: LimitRefusalReason.StoreUnavailable } && time.GetElapsedTime(since) < StorePatience;)
        {
            await Task.Delay(StorePause, time, cancellationToken).ConfigureAwait(false);
            outcome = await ledger.ReserveAsync(claims, cancellationToken).ConfigureAwait(false);
        }

        return outcome;
    }

    private Claim[] Fill(LimitTicket ticket, RequestContext context)
    {
        var forecast = RequestForecast.Of(context, _answers);
        var claims = CallerClaims.With(ticket.Standing, context.Router, context.Plan.Candidates[0].Model);
        if (ticket.IsFree || ticket.IsLaterStep)
            claims = Bearing(ticket, claims);
        for (var place = 0; place < claims.Length; place++)
        {
            var claim = claims[place];
            var isRaised = claim.Limit is { Measure: LimitMeasure.Money, AtLimit.Action: AtLimitAction.Downgrade } && context.Plan.Downgrade is not null && (ticket.IsLaterStep || ticket.DowngradedBy is not null);
            claims[place] = claim with
            {
                Amount = forecast.Of(claim.Limit.Measure),
                Ceiling = isRaised ? claim.Limit.Ceiling : claim.Limit.Amount,
            };
        }

        return claims;
    }

    private static Claim[] Bearing(LimitTicket ticket, Claim[] claims) =>
        [.. claims.Where(claim => !(ticket.IsFree && claim.Limit.Measure == LimitMeasure.Money) && !(ticket.IsLaterStep && claim.Limit.Measure == LimitMeasure.Requests))];

    // Apart, because a lambda makes every caller of its method pay for it.
    private ValueTask<ClaimOutcome> WaitAsync(LimitLineOrder line, Claim[] claims, CancellationToken cancellationToken) =>
        _lines.WaitAsync(line, () => ledger.ReserveAsync(claims, cancellationToken), cancellationToken);

    /// <summary>Changes the plan so that the request may go on; false where nothing is left to change.</summary>
    private static bool TryGoOnOtherwise(LimitTicket ticket, RequestContext context, LimitRefusal refusal)
    {
        if (ticket.IsLaterStep)
        {
            if (ticket.IsFree || refusal.Claim.Limit.Measure != LimitMeasure.Money || !LimitedPlan.IsFree(context.Plan))
                return false;
            ticket.IsFree = true;
            return true;
        }

        if (refusal.Claim.Subject.Kind == SubjectKind.Model && context.Plan.Candidates.Length > 1)
        {
            var others = LimitedPlan.Without(context.Plan, refusal.Claim.Subject.Name);
            if (others.Candidates.IsEmpty)
                return false;
            context.Plan = others;
            return true;
        }

        // What is free passes, also while the money that is left is held or cannot be counted.
        if (refusal.Claim.Limit.Measure != LimitMeasure.Money || (refusal.Reason != LimitRefusalReason.UsedUp && !LimitedPlan.IsFree(context.Plan.Candidates[0])))
            return false;
        if (refusal.Claim.Limit.AtLimit.Action == AtLimitAction.Downgrade && ticket.DowngradedBy is null && !LimitedPlan.IsFree(context.Plan.Candidates[0]))
        {
            (context.Plan, ticket.DowngradedBy) = (LimitedPlan.Cheapest(context), refusal.Claim.Limit.Name);
            return true;
        }

        if (ticket.IsFree || LimitedPlan.Free(context.Plan, mayReorder: ticket.DowngradedBy is not null) is not { } free)
            return false;
        (context.Plan, ticket.IsFree) = (free, true);
        return true;
    }

    private void DropFallbacksAtTheirLimit(RequestContext context)
    {
        for (var place = context.Plan.Candidates.Length - 1; place > 0; place--)
        {
            if (IsAtLimit(context.Router, context.Plan.Candidates[place].Model))
                context.Plan = LimitedPlan.WithoutPlace(context.Plan, place);
        }
    }

    /// <summary>The line that a new request joins, so that it does not go before those that wait.</summary>
    private LimitLineOrder? LineBefore(Claim[] claims, RequestContext context)
    {
        foreach (var claim in claims)
        {
            if (claim.Limit.AtLimit.Action == AtLimitAction.Queue && _lines.Has(claim) && !GoesOnWithout(claim, context) && PatienceOf(claim.Limit, context) is { Ticks: > 0 } patience)
                return new LimitLineOrder(claim.Subject, claim.Limit.Name, patience);
        }

        return null;
    }

    /// <summary>The line a refused request waits in; null where it does not wait, or waiting so long cannot help.</summary>
    private LimitLineOrder? LineFor(LimitRefusal refusal, RequestContext context)
    {
        var (subject, limit) = (refusal.Claim.Subject, refusal.Claim.Limit);
        if (LimitWords.IsForGood(refusal) || refusal.Reason == LimitRefusalReason.StoreUnavailable || (context.Recalled is null && limit.AtLimit.Action != AtLimitAction.Queue))
            return null;
        if (GoesOnWithout(refusal.Claim, context))
            return null;
        var patience = PatienceOf(limit, context);
        return patience <= TimeSpan.Zero || LimitWords.WaitOf(refusal, time.GetUtcNow()) > patience ? null : new LimitLineOrder(subject, limit.Name, patience);
    }

    /// <summary>A model at its limit has others in its place, and what is free needs no money.</summary>
    private static bool GoesOnWithout(in Claim claim, RequestContext context) =>
        (claim.Subject.Kind == SubjectKind.Model && context.Plan.Candidates.Length > 1) || (claim.Limit.Measure == LimitMeasure.Money && LimitedPlan.IsFree(context.Plan.Candidates[0]));

    /// <summary>How long a request waits for a limit: no longer than its caller waits for the answer.</summary>
    private TimeSpan PatienceOf(LimitModel limit, RequestContext context)
    {
        if (context.Recalled is not null)
            return JobPatience;
        // A header that is wrong is told of by dispatch.
        _ = RequestLimits.Read(context.Headers, context.Route.Limits, out var limits);
        var left = limits.Deadline - time.GetElapsedTime(context.ReceivedAt);
        return left < limit.AtLimit.Wait ? left : limit.AtLimit.Wait;
    }
}
