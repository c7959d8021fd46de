using System.Collections.Concurrent;
using ServerlessRouter.Configuration;

namespace ServerlessRouter.Queueing;

/// <summary>Counts the calls that are under way at deployments which take only so many at once. Kept by a deployment's id, so that it survives a new configuration.</summary>
/// <param name="shared">What instances over one store have together; null where this one is alone.</param>
internal sealed class DeploymentSlots(SharedCapacity? shared = null)
{
    private readonly ConcurrentDictionary<string, SlotCount> _counts = new(StringComparer.Ordinal);

    /// <summary>What instances over one store have together; null where this one is alone.</summary>
    public SharedCapacity? Shared => shared;

    /// <summary>Takes a slot, which is given back to the count it was taken from; null where all are taken.</summary>
    public SlotCount? Take(DeploymentModel deployment, int most)
    {
        var count = _counts.GetOrAdd(deployment.Id, static _ => new SlotCount());
        return count.TryTake(most) ? count : null;
    }

    /// <summary>Forgets deployments that this configuration does not have and that no call uses.</summary>
    public void Follow(RouterModel router)
    {
        shared?.Follow(router);
        var kept = router.Models.SelectMany(static model => model.Deployments).Select(static deployment => deployment.Id).ToHashSet(StringComparer.Ordinal);
        foreach (var (id, count) in _counts)
        {
            if (!kept.Contains(id) && count.IsIdle)
                _counts.TryRemove(id, out _);
        }
    }
}

/// <summary>The slots of one deployment that are taken.</summary>
internal sealed class SlotCount
{
    private int _taken;

    public bool IsIdle => Volatile.Read(ref _taken) == 0;

    public bool TryTake(int most)
    {
        for (var taken = Volatile.Read(ref _taken); taken < most;)
        {
            var seen = Interlocked.CompareExchange(ref _taken, taken + 1, taken);
            if (seen == taken)
                return true;
            taken = seen;
        }

        return false;
    }

    public void Release() => Interlocked.Decrement(ref _taken);
}
