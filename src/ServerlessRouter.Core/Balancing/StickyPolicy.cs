using ServerlessRouter.Configuration;

namespace ServerlessRouter.Balancing;

/// <summary>
/// The same session goes to the same deployment, on every instance, by weighted rendezvous hashing: when a deployment goes, only its own sessions move. Loads are
/// bounded: one that has more than <see cref="LoadBound"/> times its fair share of the calls in flight passes the session on to its next choice.
/// </summary>
internal sealed class StickyPolicy : IBalancingPolicy
{
    /// <summary>Calls in flight at a deployment, over its fair share, beyond which sessions move on (Mirrokni et al., "Consistent Hashing with Bounded Loads").</summary>
    public const double LoadBound = 1.25;

    public string Name => BalancingPolicies.Sticky;

    public bool UsesSession => true;

    public BalancingPick Choose(in BalancingQuestion question)
    {
        var session = question.Session is { } known ? StableHash.Of(known) : (ulong)(question.Random.NextDouble() * ulong.MaxValue);
        var (inFlight, weights) = (1L, 0L);
        for (var place = 0; place < question.Eligible.Length; place++)
        {
            inFlight += question.VitalsOf(place).InFlight;
            weights += Math.Max(1, question.Deployment(place).Weight);
        }

        var (home, homeScore) = (0, double.NegativeInfinity);
        var (free, freeScore) = (-1, double.NegativeInfinity);
        for (var place = 0; place < question.Eligible.Length; place++)
        {
            var deployment = question.Deployment(place);
            var weight = Math.Max(1, deployment.Weight);
            var score = weight / -Math.Log(StableHash.ToUnit(StableHash.Mix(session, StableHash.Of(deployment.Id))));
            if (score > homeScore)
                (home, homeScore) = (place, score);
            var most = Math.Ceiling(LoadBound * (inFlight + 1) * weight / weights);
            if (question.VitalsOf(place).InFlight + 1 <= most && score > freeScore)
                (free, freeScore) = (place, score);
        }

        return free < 0 || free == home ? new BalancingPick(home, "the session's own") : new BalancingPick(free, "the session's own is overloaded");
    }
}

/// <summary>Hashes that are the same in every process, so that instances agree without talking.</summary>
internal static class StableHash
{
    private const ulong FnvOffset = 14695981039346656037;
    private const ulong FnvPrime = 1099511628211;

    /// <summary>FNV-1a over the UTF-16 units.</summary>
    public static ulong Of(string text)
    {
        var hash = FnvOffset;
        foreach (var unit in text)
            hash = (hash ^ unit) * FnvPrime;
        return hash;
    }

    /// <summary>One well-spread hash of two (the finalizer of SplitMix64).</summary>
    public static ulong Mix(ulong left, ulong right)
    {
        var hash = left ^ (right * 0x9E3779B97F4A7C15);
        hash = (hash ^ (hash >> 30)) * 0xBF58476D1CE4E5B9;
        hash = (hash ^ (hash >> 27)) * 0x94D049BB133111EB;
        return hash ^ (hash >> 31);
    }

    /// <summary>A number in (0, 1).</summary>
    public static double ToUnit(ulong hash) => ((hash >> 11) + 0.5) / (1UL << 53);
}
