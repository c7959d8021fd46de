using ServerlessRouter.Configuration;

namespace ServerlessRouter.Balancing;

/// <summary>The one with the fewest calls in flight for its weight; ties go to the lot, so that equals share evenly.</summary>
internal sealed class LeastBusyPolicy : IBalancingPolicy
{
    public string Name => BalancingPolicies.LeastBusy;

    public BalancingPick Choose(in BalancingQuestion question)
    {
        var (chosen, least, ties) = (0, double.PositiveInfinity, 0);
        for (var place = 0; place < question.Eligible.Length; place++)
        {
            var load = (double)(question.VitalsOf(place).InFlight + 1) / Math.Max(1, question.Deployment(place).Weight);
            if (load > least)
                continue;
            ties = load < least ? 1 : ties + 1;
            if (ties == 1 || question.Random.Next(ties) == 0)
                chosen = place;
            least = load;
        }

        return new BalancingPick(chosen, ties > 1 ? "drawn among the least busy" : "the least busy");
    }
}
