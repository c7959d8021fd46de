using ServerlessRouter.Configuration;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Balancing;

/// <summary>
/// The better of two drawn by lot, by expected wait: peak-sensitive latency times calls in flight, over the weight and the share of calls that succeed. Equals share
/// evenly; a slow one gets less, never nothing, and none is swamped by all instances choosing the same best.
/// </summary>
internal sealed class PowerOfTwoPolicy : IBalancingPolicy
{
    // A deployment that was never heard from counts as quick, so that it is tried; one that mostly fails still gets some calls to show it has mended.
    private const double UnknownSeconds = 0.001;
    private const double MinSuccessShare = 0.05;

    public string Name => BalancingPolicies.PowerOfTwo;

    public BalancingPick Choose(in BalancingQuestion question)
    {
        var count = question.Eligible.Length;
        var first = question.Random.Next(count);
        var second = question.Random.Next(count - 1);
        if (second >= first)
            second++;

        return ExpectedWait(question.VitalsOf(first), question.Deployment(first)) <= ExpectedWait(question.VitalsOf(second), question.Deployment(second))
            ? new BalancingPick(first, "the quicker of two drawn")
            : new BalancingPick(second, "the quicker of two drawn");
    }

    private static double ExpectedWait(in DeploymentVitals vitals, DeploymentModel deployment) =>
        Math.Max(UnknownSeconds, vitals.FirstTokenSeconds) * (vitals.InFlight + 1)
        / (Math.Max(1, deployment.Weight) * Math.Max(MinSuccessShare, 1 - vitals.FailureShare));
}
