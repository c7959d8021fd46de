using ServerlessRouter.Configuration;

namespace ServerlessRouter.Balancing;

/// <summary>
/// One after the other in proportion to the weights, spread smoothly: each turn everyone eligible gains its weight, the richest is called and pays the total. True
/// across one instance: over any run of as many calls as the weights add up to, each deployment gets exactly its weight while the same ones stay eligible.
/// </summary>
internal sealed class RoundRobinPolicy(int deployments) : IBalancingPolicy
{
    private readonly Lock _turn = new();
    private readonly long[] _credits = new long[deployments];

    public string Name => BalancingPolicies.RoundRobin;

    public BalancingPick Choose(in BalancingQuestion question)
    {
        lock (_turn)
        {
            var (richest, total) = (0, 0L);
            for (var place = 0; place < question.Eligible.Length; place++)
            {
                var weight = question.Deployment(place).Weight;
                total += weight;
                _credits[question.Eligible[place]] += weight;
                if (_credits[question.Eligible[place]] > _credits[question.Eligible[richest]])
                    richest = place;
            }

            _credits[question.Eligible[richest]] -= total;
            return new BalancingPick(richest, "its turn");
        }
    }
}
