using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;

namespace ServerlessRouter.LocalHost.Demo;

/// <summary>What goes wrong on the demonstration's day, counted back from its start: an outage in the night, a slow hour, a time of rate limits, and an outage that has just begun.</summary>
internal sealed class DemoFaults(DateTimeOffset start, IRandomSource random)
{
    private const double Spread = 0.35;

    /// <summary>How a provider does at a moment.</summary>
    public SimulatedFault? Find(string provider, DateTimeOffset now)
    {
        // No call takes exactly as long as the one before.
        var usual = 1 + (Spread * ((2 * random.NextDouble()) - 1)) + (random.NextDouble() < 0.02 ? 3 * random.NextDouble() : 0);
        var hours = (now - start).TotalHours;
        return (provider, hours) switch
        {
            (DemoConfiguration.FirstVendor, >= -13 and < -12.4) => new SimulatedFault(FailureRate: 0.97, Slowdown: usual),
            (DemoConfiguration.FirstVendor, >= -0.4 and < 0.25) => new SimulatedFault(FailureRate: 0.95, Slowdown: usual),
            (DemoConfiguration.SecondVendor, >= -8 and < -7) => new SimulatedFault(Slowdown: 4 * usual),
            (DemoConfiguration.ThirdVendor, >= -5 and < -4.5) => new SimulatedFault(RateLimitRate: 0.6, Slowdown: usual),
            (DemoConfiguration.ThirdVendor, _) => new SimulatedFault(FailureRate: 0.004, RateLimitRate: 0.01, Slowdown: usual),
            _ => new SimulatedFault(FailureRate: 0.003, Slowdown: usual),
        };
    }
}
