using ServerlessRouter.Domain;

namespace ServerlessRouter.LocalHost.Demo;

/// <summary>The same luck in every demonstration.</summary>
internal sealed class DemoRandom(ulong seed) : IRandomSource
{
    private readonly Lock _lock = new();
    private ulong _state = seed;

    public double NextDouble() => (Draw() >> 11) * (1.0 / (1UL << 53));

    public int Next(int exclusiveMax) => (int)(NextDouble() * exclusiveMax);

    // SplitMix64 (Steele, Lea, Flood 2014).
    private ulong Draw()
    {
        lock (_lock)
        {
            var mixed = _state += 0x9E3779B97F4A7C15;
            mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
            mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
            return mixed ^ (mixed >> 31);
        }
    }
}
