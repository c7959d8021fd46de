namespace ServerlessRouter.Jobs.Steps;

/// <summary>What every try of an item goes by, whatever is tried.</summary>
/// <param name="Lease">Who has the item.</param>
/// <param name="Schedule">When it is tried again.</param>
/// <param name="Faults">What becomes of it after a fault of the router's own.</param>
/// <param name="Progress">The figures of its chunk.</param>
/// <param name="UnderWay">The turns of single requests that may be taken back.</param>
internal sealed record ItemTries(ItemLease Lease, TrySchedule Schedule, ItemFaults Faults, ChunkProgress Progress, TurnsUnderWay UnderWay);
