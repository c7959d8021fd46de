using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Dispatch;

/// <summary>
/// Decides what happens next to a request: a pure function of the plan, the limits and the attempts so far, so that the inline loop and a durable orchestrator
/// share it and a replay takes the same steps.
/// </summary>
/// <remarks>
/// In this order: 1 accept an answer, once it is checked where a check is due; 2 with a rejected answer in hand, the cascade's next step, or that answer; 3 stop where the failure is final or attempts, time or
/// money are spent; 4 another deployment of the same model at once; 5 the next model; 6 whatever may be called first inside the deadline: a deployment that failed, again, or one whose breaker was open, once
/// its wait is over; 7 where breakers are open, the least bad once: before a longer wait only where the breaker's end is a guess, else only where nothing opens in time; 8 give up.
/// </remarks>
public static class DispatchCore
{
    private const int TooManyRequests = 429;
    private const int Unavailable = 503;

    /// <summary>How often a request may find a breaker open again that it has waited for.</summary>
    internal const int MaxRefusals = 12;

    /// <summary>The next step. The driver carries it out, adds a fact for an attempt, and asks again.</summary>
    public static DispatchStep Next(in DispatchState state)
    {
        if (state.Candidates.IsEmpty)
            return GiveUp(state, RouterErrorCode.NoEndpoints);
        if (state.Attempts.IsEmpty)
            return HasTime(state) ? Attempt(state, 0, DeploymentChoice.Fresh, AttemptReason.First) : GiveUp(state);

        ref readonly var last = ref state.Attempts[^1];
        if (last.Failure is not { } failure)
            return AnsweredAt(state, state.Attempts.Length - 1, last.AwaitsCheck);
        if (state.Cascade is { } cascade && BestKept(state) is var kept and >= 0)
            return state.GivesKept ? Accept(kept, CascadeEnding.HeldBackAfterFaults) : Climb(state, cascade, kept);

        var traits = FailureTraits.Of(failure);
        if (IsFinal(state, traits) || !HasRoom(state))
            return GiveUp(state);

        if (TriesOther(state, last, traits))
            return Attempt(state, last.Candidate, DeploymentChoice.Fresh, AttemptReason.OtherDeployment);

        var next = NextUntouched(state);
        if (next < state.Candidates.Length)
            return Attempt(state, next, DeploymentChoice.Fresh, failure == FailureKind.CheckFailed ? AttemptReason.NextStep : AttemptReason.NextModel);

        var again = FirstAgain(state);
        if (again.Place >= 0 && again.At <= state.Elapsed)
            return Again(state, again.Place);
        var isSoon = again.Place >= 0 && again.At - state.Elapsed <= DispatchBackoff.First;
        if (!isSoon && TryLastResort(state, onlyGuessed: again.Place >= 0, out var step))
            return step;
        return again.Place >= 0 ? new DispatchStep { Kind = DispatchStepKind.Wait, Within = again.At - state.Elapsed } : GiveUp(state);
    }

    private static DispatchStep AnsweredAt(in DispatchState state, int attempt, bool awaitsCheck)
    {
        if (!awaitsCheck)
            return Accept(attempt);
        return state.GivesKept ? Accept(attempt, CascadeEnding.HeldBackAfterFaults) : Check(attempt);
    }

    private static DispatchStep Check(int attempt) => new() { Kind = DispatchStepKind.Check, Deployment = AttemptFact.NoDeployment, Checked = attempt };

    private static DispatchStep Accept(int attempt, CascadeEnding? ending = null) => new()
    {
        Kind = DispatchStepKind.Accept,
        Deployment = AttemptFact.NoDeployment,
        Accepted = attempt,
        Ending = ending,
    };

    /// <summary>With an answer in hand only a better one is worth a call: the next step, or its other deployments at once; never a wait, never a weaker model.</summary>
    private static DispatchStep Climb(in DispatchState state, in CascadeBounds cascade, int kept)
    {
        ref readonly var last = ref state.Attempts[^1];
        var traits = FailureTraits.Of(last.Failure!.Value);
        if (IsFinal(state, traits))
        {
            // A clock in whole milliseconds may ring just before the time is over.
            var isLate = last.Failure == FailureKind.DeadlinePassed || state.Elapsed >= End(state);
            return Accept(kept, isLate ? CascadeEnding.HeldBackOutOfTime : CascadeEnding.HeldBackNothingBetter);
        }

        var (next, reason) = TriesOther(state, last, traits) ? (last.Candidate, AttemptReason.OtherDeployment) : (NextUntouched(state), AttemptReason.NextStep);
        if (next >= cascade.Steps)
            return Accept(kept, CascadeEnding.HeldBackNothingBetter);
        if (Counted(state) >= state.Limits.Attempts)
            return Accept(kept, CascadeEnding.HeldBackOutOfAttempts);
        if (state.Elapsed >= End(state))
            return Accept(kept, CascadeEnding.HeldBackOutOfTime);
        var expected = state.SpentUsd + state.Candidates[next].ExpectedUsd;
        return expected > cascade.CostUsd || expected > state.Limits.CostUsd || state.SpentUsd >= state.Limits.CostUsd
            ? Accept(kept, CascadeEnding.HeldBackOutOfMoney)
            : Attempt(state, next, DeploymentChoice.Fresh, reason);
    }

    /// <summary>The best of the rejected answers, the later of equals; -1 when none is kept.</summary>
    private static int BestKept(in DispatchState state)
    {
        var (best, score) = (-1, 0.0);
        for (var place = 0; place < state.Attempts.Length; place++)
        {
            if (state.Attempts[place].KeptFallbackScore is var here && here > 0 && here >= score)
                (best, score) = (place, here);
        }

        return best;
    }

    private static bool TriesOther(in DispatchState state, in AttemptFact last, FailureTraits traits) =>
        traits.TriesOtherDeployment && last.OthersUntried > 0 && MayAnswer(state, last.Candidate) && !IsRefused(state, last.Candidate);

    /// <summary>When nothing more may be under way: the deadline, or, with an answer in hand, the cascade's own.</summary>
    private static TimeSpan End(in DispatchState state) =>
        state.Cascade is { } cascade && cascade.Deadline < state.Limits.Deadline && BestKept(state) >= 0 ? cascade.Deadline : state.Limits.Deadline;

    private static bool HasTime(in DispatchState state) => state.Elapsed < state.Limits.Deadline;

    private static bool HasRoom(in DispatchState state) =>
        HasTime(state) && Counted(state) < state.Limits.Attempts && (state.Limits.CostUsd is not { } most || state.SpentUsd < most);

    /// <summary>Attempts that count against the limit: all but those that found no deployment and so did nothing.</summary>
    private static int Counted(in DispatchState state)
    {
        var counted = 0;
        foreach (ref readonly var fact in state.Attempts)
        {
            if (fact.Failure != FailureKind.NoDeployment)
                counted++;
        }

        return counted;
    }

    private static bool IsFinal(in DispatchState state, FailureTraits traits) =>
        traits is { SameDeployment: SameDeploymentRule.Never, TriesOtherDeployment: false } && traits.NextModel switch
        {
            NextModelRule.None => true,
            NextModelRule.IfRouteAllows => !state.MovesOnAfterContentFilter,
            NextModelRule.Any or NextModelRule.LargerWindow => false,
        };

    /// <summary>The prompt may fit: no model with as large a window has found it too long.</summary>
    private static bool MayAnswer(in DispatchState state, int candidate)
    {
        var window = state.Candidates[candidate].ContextWindow;
        foreach (ref readonly var fact in state.Attempts)
        {
            if (fact.Failure is { } failure && FailureTraits.Of(failure).NextModel == NextModelRule.LargerWindow && window <= state.Candidates[fact.Candidate].ContextWindow)
                return false;
        }

        return true;
    }

    /// <summary>The last time one of the candidate's deployments was chosen freely, there was none.</summary>
    private static bool IsRefused(in DispatchState state, int candidate)
    {
        for (var place = state.Attempts.Length - 1; place >= 0; place--)
        {
            ref readonly var fact = ref state.Attempts[place];
            if (fact.Candidate == candidate && fact.Choice == DeploymentChoice.Fresh)
                return fact.Failure == FailureKind.NoDeployment;
        }

        return false;
    }

    /// <summary>The first candidate behind every one tried so far that may answer; past the end when there is none.</summary>
    private static int NextUntouched(in DispatchState state)
    {
        var next = 0;
        foreach (ref readonly var fact in state.Attempts)
            next = Math.Max(next, fact.Candidate + 1);
        while (next < state.Candidates.Length && !MayAnswer(state, next))
            next++;
        return next;
    }

    /// <summary>The fact whose deployment, or whose model, may be called first inside the deadline, and when; -1 where there is none.</summary>
    private static (int Place, TimeSpan At) FirstAgain(in DispatchState state)
    {
        var first = (Place: -1, At: state.Limits.Deadline);
        for (var place = 0; place < state.Attempts.Length; place++)
        {
            if (AgainAt(state, place) is { } at && at < first.At)
                first = (place, at);
        }

        return first;
    }

    private static DispatchStep Again(in DispatchState state, int place)
    {
        ref readonly var fact = ref state.Attempts[place];
        return fact.OpensIn is not null && fact.Choice == DeploymentChoice.Fresh && (OpensAt(state, place) is { } opening && opening <= state.Elapsed)
            ? Attempt(state, fact.Candidate, DeploymentChoice.Fresh, AttemptReason.Reopened)
            : Attempt(state, fact.Candidate, DeploymentChoice.SameAgain, AttemptReason.SameAgain) with { Deployment = fact.Deployment };
    }

    /// <summary>When this attempt's deployment may be asked again, or another of its model that was not to be had, whichever is first; null when never, or when a later attempt decides.</summary>
    private static TimeSpan? AgainAt(in DispatchState state, int place) => (DueAgain(state, place), OpensAt(state, place)) switch
    {
        ({ } due, { } opening) => due < opening ? due : opening,
        var (due, opening) => due ?? opening,
    };

    /// <summary>When a breaker that was in the way lets calls through.</summary>
    private static TimeSpan? OpensAt(in DispatchState state, int place)
    {
        ref readonly var fact = ref state.Attempts[place];
        // A call that was made found nothing in its own way.
        var isInTheWay = fact.Choice == DeploymentChoice.Fresh || (fact.Choice == DeploymentChoice.SameAgain && fact.Failure == FailureKind.NoDeployment);
        if (fact.OpensIn is not { } opensIn || !isInTheWay || !MayAnswer(state, fact.Candidate))
            return null;
        var (refusals, ofCandidate) = (0, 0);
        for (var other = 0; other < state.Attempts.Length; other++)
        {
            ref readonly var compared = ref state.Attempts[other];
            var isRefusal = compared.Failure == FailureKind.NoDeployment;
            refusals += isRefusal ? 1 : 0;
            if (compared.Candidate != fact.Candidate)
                continue;
            ofCandidate += isRefusal ? 1 : 0;
            if (other > place && HasNewWord(state, fact, compared))
                return null;
        }

        if (refusals > MaxRefusals)
            return null;
        var (at, spread) = DispatchBackoff.AfterOpening(opensIn, ofCandidate);
        return Spread(state, fact.EndedAfter + at, spread, fact.Jitter);
    }

    /// <summary>A later attempt at the same model makes this one's word on openings out of date: it chose freely too, asked the same deployment, or has tried the only one there is.</summary>
    private static bool HasNewWord(in DispatchState state, in AttemptFact fact, in AttemptFact later) =>
        fact.Choice != DeploymentChoice.Fresh ? later.Deployment == fact.Deployment
            : later.Choice == DeploymentChoice.Fresh || (later.Choice == DeploymentChoice.LeastBad && state.Candidates[fact.Candidate].Deployments == 1);

    /// <summary>When the deployment of this attempt may be asked again; null when never, or when a later attempt at it decides.</summary>
    private static TimeSpan? DueAgain(in DispatchState state, int place)
    {
        ref readonly var fact = ref state.Attempts[place];
        if (fact.Failure is not { } failure || fact.Deployment == AttemptFact.NoDeployment
            || FailureTraits.Of(failure).SameDeployment == SameDeploymentRule.Never || !MayAnswer(state, fact.Candidate))
            return null;

        var failures = 0;
        TimeSpan? opens = null;
        for (var other = 0; other < state.Attempts.Length; other++)
        {
            ref readonly var compared = ref state.Attempts[other];
            if (compared.Candidate != fact.Candidate)
                continue;
            if (compared is { Deployment: AttemptFact.NoDeployment, OpensIn: { } opensIn })
                opens = compared.EndedAfter + opensIn;
            if (compared.Deployment != fact.Deployment)
                continue;
            if (other > place)
                return null;
            failures++;
        }

        var (at, spread) = DispatchBackoff.After(failure, fact.RetryAfter, failures);
        at += fact.EndedAfter;
        // The breaker that the last resort has passed stays open, unless it was told otherwise: another such call would find nothing new.
        if (fact.Choice == DeploymentChoice.LeastBad && failure != FailureKind.RateLimited)
        {
            if (opens is not { } opening)
                return null;
            at = opening > at ? opening : at;
        }

        return Spread(state, at, spread, fact.Jitter);
    }

    /// <summary>A moment by luck behind the one that everyone was told; where the deadline is near, inside it.</summary>
    private static TimeSpan Spread(in DispatchState state, TimeSpan at, TimeSpan spread, double jitter)
    {
        var room = (state.Limits.Deadline - at) / 2;
        return at + ((room > TimeSpan.Zero && spread > room ? room : spread) * jitter);
    }

    /// <summary>The candidate's only deployment was asked already.</summary>
    private static bool IsTriedOut(in DispatchState state, int candidate)
    {
        if (state.Candidates[candidate].Deployments > 1)
            return false;
        foreach (ref readonly var fact in state.Attempts)
        {
            if (fact.Candidate == candidate && fact.Deployment != AttemptFact.NoDeployment)
                return true;
        }

        return false;
    }

    private static bool TryLastResort(in DispatchState state, bool onlyGuessed, out DispatchStep step)
    {
        step = default;
        var (chosen, opensIn) = (-1, TimeSpan.MaxValue);
        foreach (ref readonly var fact in state.Attempts)
        {
            if (fact.Choice == DeploymentChoice.LeastBad)
                return false;
            if (fact.Failure != FailureKind.NoDeployment || fact.Choice != DeploymentChoice.Fresh || fact.RetryAfter is not { } opens || opens >= opensIn
                || (onlyGuessed && !fact.IsOpeningGuessed) || !MayAnswer(state, fact.Candidate) || IsTriedOut(state, fact.Candidate))
                continue;
            (chosen, opensIn) = (fact.Candidate, opens);
        }

        if (chosen < 0)
            return false;
        step = Attempt(state, chosen, DeploymentChoice.LeastBad, AttemptReason.LastResort);
        return true;
    }

    private static DispatchStep Attempt(in DispatchState state, int candidate, DeploymentChoice choice, AttemptReason reason)
    {
        var untilContent = UntilContent(state, candidate, choice);
        var step = new DispatchStep
        {
            Kind = DispatchStepKind.Attempt,
            Candidate = candidate,
            Choice = choice,
            Deployment = AttemptFact.NoDeployment,
            Reason = reason,
            Within = ShowsPieces(state, candidate) && state.Limits.FirstToken < untilContent ? state.Limits.FirstToken : untilContent,
            UntilContent = untilContent,
        };
        if (state.Cascade is { } cascade && IsChecked(state, cascade, candidate))
            return step with { IsChecked = true };
        // With an answer in hand a second request would only run into the cascade's ceilings.
        return state.MayHedge && (state.Cascade is null || BestKept(state) < 0) && HasRoomForTwo(state, candidate, choice) ? step with { MayHedge = true } : step;
    }

    private static bool HasRoomForTwo(in DispatchState state, int candidate, DeploymentChoice choice) =>
        choice == DeploymentChoice.Fresh && state.Candidates[candidate].Deployments > 1 && Counted(state) + 2 <= state.Limits.Attempts
        && (state.Limits.CostUsd is not { } most || state.SpentUsd + (2 * state.Candidates[candidate].ExpectedUsd) <= most);

    /// <summary>A check is worth making only where a stronger model could still be asked.</summary>
    private static bool IsChecked(in DispatchState state, in CascadeBounds cascade, int candidate)
    {
        if (candidate >= cascade.Steps - 1 || Counted(state) + 1 >= state.Limits.Attempts || state.Elapsed >= cascade.Deadline)
            return false;
        var further = Math.Max(candidate + 1, NextUntouched(state));
        while (further < cascade.Steps && !MayAnswer(state, further))
            further++;
        return further < cascade.Steps;
    }

    private static bool ShowsPieces(in DispatchState state, int candidate) => state.IsStream && !state.Candidates[candidate].AnswersWhole;

    /// <summary>How long an attempt may be without any content: all that is left where nothing else could be asked.</summary>
    private static TimeSpan UntilContent(in DispatchState state, int candidate, DeploymentChoice choice)
    {
        var left = End(state) - state.Elapsed;
        if (state.MaxAttemptTime is { } longest && longest < left)
            return longest;
        if (IsLastChance(state, candidate, choice))
            return left;
        if (state.Limits.Attempt is { } own)
            return own < left ? own : left;

        // A plain answer shows nothing before its end, so a hung call would use up the whole deadline: while there is somewhere else to go, it gets half of what is left at most.
        var share = left / 2;
        if (!ShowsPieces(state, candidate) && state.Candidates[candidate].PatienceSeconds is > 0 and var seconds && seconds < share.TotalSeconds)
            share = TimeSpan.FromSeconds(seconds);

        var firstToken = state.Limits.FirstToken < left ? state.Limits.FirstToken : left;
        return share > firstToken ? share : firstToken;
    }

    private static bool IsLastChance(in DispatchState state, int candidate, DeploymentChoice choice)
    {
        if (Counted(state) + 1 >= state.Limits.Attempts)
            return true;
        var tried = 0;
        var furthest = candidate;
        foreach (ref readonly var fact in state.Attempts)
        {
            furthest = Math.Max(furthest, fact.Candidate);
            if (fact.Candidate == candidate)
                tried++;
        }

        if (choice == DeploymentChoice.Fresh && tried + 1 < state.Candidates[candidate].Deployments)
            return false;
        // With an answer in hand nothing behind the cascade is asked.
        var end = state.Cascade is { } cascade && BestKept(state) >= 0 ? cascade.Steps : state.Candidates.Length;
        for (var further = furthest + 1; further < end; further++)
        {
            if (MayAnswer(state, further))
                return false;
        }

        return true;
    }

    private static DispatchStep GiveUp(in DispatchState state, RouterErrorCode? code = null)
    {
        var blamed = Blamed(state);
        var failure = blamed < 0 ? null : state.Attempts[blamed].Failure;
        var isLate = !HasTime(state) && (failure is not { } kind || !IsFinal(state, FailureTraits.Of(kind)));
        var error = code ?? (isLate || failure is null ? RouterErrorCode.Timeout : FailureTraits.Of(failure.Value).ClientCode);
        var (retryAfter, canHelp) = RouterErrorTraits.Of(error).Status is TooManyRequests or Unavailable ? Hint(state) : default;
        return new DispatchStep
        {
            Kind = DispatchStepKind.GiveUp,
            Error = error,
            Blamed = blamed,
            RetryAfter = retryAfter,
            ShouldRetry = canHelp,
        };
    }

    /// <summary>The attempt the caller hears of: a final failure, else the latest of those that are easiest to mend.</summary>
    private static int Blamed(in DispatchState state)
    {
        var last = state.Attempts.Length - 1;
        if (last < 0 || (state.Attempts[last].Failure is { } failure && IsFinal(state, FailureTraits.Of(failure))))
            return last;

        var blamed = last;
        var best = 0;
        for (var place = last; place >= 0; place--)
        {
            var rank = Mendable(state.Attempts[place]);
            if (rank > best)
                (blamed, best) = (place, rank);
        }

        return blamed;
    }

    // Higher is easier: time alone, then a vendor that says after which time, then a person, then nothing; what was no call at all says least.
    private static int Mendable(in AttemptFact fact)
    {
        if (fact.Failure is not { } kind)
            return 0;
        var traits = FailureTraits.Of(kind);
        if (kind == FailureKind.NoDeployment)
            return 0;
        if (!RouterErrorTraits.Of(traits.ClientCode).CanHelpToRetry)
            return 1;
        if (traits.Breaker != BreakerRule.OpensLong)
            return 4;
        return kind == FailureKind.QuotaExhausted && fact.RetryAfter is not null ? 3 : 2;
    }

    /// <summary>
    /// The shortest time after which something may be callable again, by the latest word on each deployment; and whether a caller that waits for it does what the
    /// router could not.
    /// </summary>
    private static (TimeSpan? RetryAfter, bool CanHelp) Hint(in DispatchState state)
    {
        TimeSpan? shortest = null;
        var canHelp = false;
        var hasRoom = HasRoom(state);
        for (var place = 0; place < state.Attempts.Length; place++)
        {
            ref readonly var fact = ref state.Attempts[place];
            if (fact.Failure is not { } failure || !IsLatestWord(state, place, out var isRepeated))
                continue;
            if ((fact.RetryAfter ?? (failure == FailureKind.RateLimited ? DispatchBackoff.FirstWithoutHint : null)) is not { } asked)
                continue;
            // Where the router has waited itself, or could have with attempts left, a caller's retry would multiply its attempts.
            if (FailureTraits.Of(failure).SameDeployment != SameDeploymentRule.Never)
                canHelp |= (hasRoom && !isRepeated) || asked >= state.Limits.Deadline;
            // Nothing was sent, so nothing is multiplied.
            canHelp |= hasRoom && failure == FailureKind.NoRoom;
            var left = asked - (state.Elapsed - fact.EndedAfter);
            left = left > TimeSpan.Zero ? left : TimeSpan.Zero;
            if (shortest is null || left < shortest)
                shortest = left;
        }

        return (shortest, canHelp);
    }

    /// <summary>No later attempt says anything newer about the same deployment; the last resort is the deployment whose breaker would have opened first.</summary>
    private static bool IsLatestWord(in DispatchState state, int place, out bool isRepeated)
    {
        ref readonly var fact = ref state.Attempts[place];
        isRepeated = false;
        for (var other = 0; other < state.Attempts.Length; other++)
        {
            ref readonly var compared = ref state.Attempts[other];
            if (other == place || compared.Candidate != fact.Candidate)
                continue;
            var isSame = compared.Deployment == fact.Deployment || (fact.Failure == FailureKind.NoDeployment && compared.Choice == DeploymentChoice.LeastBad);
            if (isSame && other > place)
                return false;
            isRepeated |= isSame;
        }

        return true;
    }
}
