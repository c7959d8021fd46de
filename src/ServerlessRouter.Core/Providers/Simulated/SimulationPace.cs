using ServerlessRouter.Configuration;

namespace ServerlessRouter.Providers.Simulated;

/// <summary>When a simulated model's tokens are due.</summary>
internal static class SimulationPace
{
    /// <summary>Time from the call to the token at <paramref name="place"/>; a rate of 0 is as fast as can be.</summary>
    public static TimeSpan DueAt(SimulationModel simulation, int place) =>
        simulation.TokensPerSecond > 0 ? simulation.FirstTokenLatency + TimeSpan.FromSeconds(place / simulation.TokensPerSecond) : simulation.FirstTokenLatency;
}
