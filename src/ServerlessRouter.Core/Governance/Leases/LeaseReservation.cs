using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace ServerlessRouter.Governance.Leases;

/// <summary>What one request holds of each limit it was asked about.</summary>
internal sealed class LeaseReservation(int count, TimeProvider time) : ILimitReservation
{
    private const int InlineSlots = 6;

    private readonly LeaseSlot[]? _many = count > InlineSlots ? new LeaseSlot[count] : null;
    private InlineLeaseSlots _few;
    private int _isSettled;

    /// <summary>One for each claim, in their order.</summary>
    public Span<LeaseSlot> Slots => _many is null ? ((Span<LeaseSlot>)_few)[..count] : _many;

    /// <inheritdoc/>
    public void Settle(ReadOnlySpan<long> used)
    {
        if (Interlocked.Exchange(ref _isSettled, 1) != 0)
            return;
        var now = time.GetTimestamp();
        var slots = Slots;
        for (var place = 0; place < slots.Length;)
        {
            // Counters behind one gate stand together, mostly all.
            var gate = slots[place].Counter?.Gate;
            if (gate is null)
            {
                place++;
                continue;
            }

            lock (gate)
            {
                for (; place < slots.Length && slots[place].Counter is { } counter && counter.Gate == gate; place++)
                    counter.Settle(slots[place].Taken, place < used.Length ? used[place] : 0, now);
            }
        }
    }

    [InlineArray(InlineSlots)]
    private struct InlineLeaseSlots
    {
        [SuppressMessage("Style", "IDE0044:Add readonly modifier", Justification = "The elements of an inline array are written.")]
        private LeaseSlot _first;
    }
}

/// <summary>What is held of one limit.</summary>
internal struct LeaseSlot
{
    /// <summary>Null where there are so many counters that this one is not kept.</summary>
    public LeaseCounter? Counter;

    /// <summary>It is not kept because its key has as many as one key may.</summary>
    public bool IsCrowded;

    public LeaseAnswer Answer;

    public long Taken;
}
