using ServerlessRouter.Configuration;

namespace ServerlessRouter.Governance.Leases;

/// <summary>Takes what all claims of a request ask for, or nothing: their counters are held together for a moment, so no other request sees half of it.</summary>
internal sealed class LeaseClaims(LeaseCounters counters, LeaseState state)
{
    private const int ClaimsOnStack = 16;

    /// <summary>What became of the claims; null where the store has to be asked first.</summary>
    public ClaimOutcome? Take(Claim[] claims, LeaseReservation reservation, in LeaseMoment moment)
    {
        var slots = reservation.Slots;
        Span<int> order = slots.Length <= ClaimsOnStack ? stackalloc int[slots.Length] : new int[slots.Length];
        while (true)
        {
            LeaseCounter? before = null;
            for (var place = 0; place < slots.Length; place++)
                slots[place] = new LeaseSlot { Counter = before = counters.Get(claims[place], before, moment.UtcNow, out var isCrowded), IsCrowded = isCrowded };
            Sort(order, slots);
            if (TryTake(claims, slots, order, moment) is { } isTaken)
                return isTaken ? new ClaimOutcome(reservation, null) : Refuse(claims, slots);
        }
    }

    /// <summary>The counters that have to ask the store.</summary>
    public static List<(LeaseCounter Counter, Claim Claim)> Asked(Claim[] claims, LeaseReservation reservation)
    {
        var asked = new List<(LeaseCounter, Claim)>();
        var slots = reservation.Slots;
        for (var place = 0; place < slots.Length; place++)
        {
            if (slots[place] is { Counter: { } counter, Answer: LeaseAnswer.Ask })
                asked.Add((counter, claims[place]));
        }

        return asked;
    }

    /// <summary>Null where a counter is in memory no more.</summary>
    private bool? TryTake(Claim[] claims, Span<LeaseSlot> slots, Span<int> order, in LeaseMoment moment)
    {
        var held = 0;
        try
        {
            for (; held < order.Length; held++)
            {
                if (OpensGate(order, slots, held))
                    slots[order[held]].Counter!.Gate.Enter();
            }

            foreach (ref readonly var slot in slots)
            {
                if (slot.Counter is { IsRetired: true })
                    return null;
            }

            var areTaken = true;
            for (var place = 0; place < slots.Length; place++)
            {
                ref var slot = ref slots[place];
                slot.Answer = slot.Counter is { } counter ? counter.Take(claims[place], moment, out slot.Taken) : Uncounted(slot, claims[place]);
                areTaken &= slot.Answer == LeaseAnswer.Taken;
            }

            foreach (ref var slot in slots)
                Keep(ref slot, areTaken, moment);
            return areTaken;
        }
        finally
        {
            while (held-- > 0)
            {
                if (OpensGate(order, slots, held))
                    slots[order[held]].Counter!.Gate.Exit();
            }
        }
    }

    /// <summary>What an instance calls must not stop because callers have so many end users.</summary>
    private static LeaseAnswer Uncounted(in LeaseSlot slot, in Claim claim) =>
        slot.IsCrowded ? LeaseAnswer.Crowded : claim.Subject.Kind == SubjectKind.Deployment || claim.Limit.PassesUncounted() ? LeaseAnswer.Taken : LeaseAnswer.Unavailable;

    private void Keep(ref LeaseSlot slot, bool isTaken, in LeaseMoment moment)
    {
        if (slot.Counter is not { } counter)
            return;
        if (!isTaken && slot.Answer == LeaseAnswer.Taken)
            counter.Undo(slot.Taken, moment);
        counters.List(counter);
    }

    /// <summary>The refusal that lasts longest; null where none of the claims is refused for good.</summary>
    private ClaimOutcome? Refuse(Claim[] claims, Span<LeaseSlot> slots)
    {
        LimitRefusal? last = null;
        for (var place = 0; place < slots.Length; place++)
        {
            if (Reason(slots[place].Answer) is not { } reason)
                continue;
            var claim = claims[place];
            var refusal = new LimitRefusal(claim, reason, Look(slots[place].Counter, claim.Limit));
            if (last is null || FreeAt(refusal) > FreeAt(last))
                last = refusal;
        }

        return last is null ? null : new ClaimOutcome(null, last);
    }

    private LimitStanding Look(LeaseCounter? counter, LimitModel limit)
    {
        if (counter is null)
            return new LimitStanding(limit.Amount, 0, 0, WindowSpan.Of(limit.Window, state.Time.GetUtcNow()).End);
        lock (counter.Gate)
            return counter.Look(limit);
    }

    private static DateTimeOffset FreeAt(LimitRefusal refusal) => refusal.Reason == LimitRefusalReason.UsedUp
        ? refusal.Standing.ResetsAt ?? DateTimeOffset.MaxValue
        : DateTimeOffset.MinValue;

    private static LimitRefusalReason? Reason(LeaseAnswer answer) => answer switch
    {
        LeaseAnswer.Taken or LeaseAnswer.Ask => null,
        LeaseAnswer.UsedUp => LimitRefusalReason.UsedUp,
        LeaseAnswer.Held => LimitRefusalReason.HeldByOthers,
        LeaseAnswer.Unavailable => LimitRefusalReason.StoreUnavailable,
        LeaseAnswer.Crowded => LimitRefusalReason.TooManySubjects,
    };

    /// <summary>By the order in which gates are entered: few, and mostly in it already.</summary>
    private static void Sort(Span<int> order, ReadOnlySpan<LeaseSlot> slots)
    {
        for (var place = 0; place < order.Length; place++)
        {
            var before = place;
            for (; before > 0 && OrderOf(slots[order[before - 1]]) > OrderOf(slots[place]); before--)
                order[before] = order[before - 1];
            order[before] = place;
        }
    }

    /// <summary>Whether a counter in this order is the first behind its gate, which it shares with all of its subject.</summary>
    private static bool OpensGate(ReadOnlySpan<int> order, ReadOnlySpan<LeaseSlot> slots, int place) =>
        slots[order[place]].Counter is { } counter && (place == 0 || slots[order[place - 1]].Counter?.Gate != counter.Gate);

    private static long OrderOf(in LeaseSlot slot) => slot.Counter?.Subject.Order ?? 0;
}
