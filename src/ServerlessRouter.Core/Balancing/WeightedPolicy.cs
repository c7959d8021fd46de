using ServerlessRouter.Configuration;

namespace ServerlessRouter.Balancing;

/// <summary>By lot, in proportion to the weights: fair over many calls, also across instances that share nothing.</summary>
internal sealed class WeightedPolicy : IBalancingPolicy
{
    public string Name => BalancingPolicies.Weighted;

    public BalancingPick Choose(in BalancingQuestion question)
    {
        var total = 0;
        for (var place = 0; place < question.Eligible.Length; place++)
            total += question.Deployment(place).Weight;

        var drawn = question.Random.NextDouble() * total;
        for (var place = 0; place < question.Eligible.Length - 1; place++)
        {
            drawn -= question.Deployment(place).Weight;
            if (drawn < 0)
                return new BalancingPick(place, "drawn by weight");
        }

        return new BalancingPick(question.Eligible.Length - 1, "drawn by weight");
    }
}
