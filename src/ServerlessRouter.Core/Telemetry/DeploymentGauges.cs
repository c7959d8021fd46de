using System.Diagnostics.Metrics;
using ServerlessRouter.Configuration;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Telemetry;

/// <summary>How the deployments are at the moment something looks: nothing is counted for it on the way of a request.</summary>
internal sealed class DeploymentGauges(RouterModelSource models, IDeploymentVitals vitals)
{
    public void AddTo(Meter meter)
    {
        meter.CreateObservableUpDownCounter("router.breakers.open", Open, "{breaker}", "1 for a deployment that takes no calls right now, 0 for one that does");
        meter.CreateObservableUpDownCounter("router.attempts.active", Active, "{attempt}", "Calls that are under way");
    }

    private IEnumerable<Measurement<int>> Open() => Each(static vitals => vitals.IsCallable ? 0 : 1);

    private IEnumerable<Measurement<int>> Active() => Each(static vitals => vitals.InFlight);

    private IEnumerable<Measurement<int>> Each(Func<DeploymentVitals, int> figure)
    {
        foreach (var model in models.Current.Models)
        {
            foreach (var deployment in model.Deployments)
            {
                yield return new Measurement<int>(
                    figure(vitals.Of(deployment)),
                    new KeyValuePair<string, object?>(RouterAttributes.Deployment, deployment.Id), new KeyValuePair<string, object?>(RouterAttributes.Model, model.Name));
            }
        }
    }
}
