using ServerlessRouter.Domain;

namespace ServerlessRouter.Testing.Chance;

/// <summary>Random numbers that are the same in every run; safe to share between threads.</summary>
public sealed class SeededRandomSource(int seed) : IRandomSource
{
    private readonly Lock _lock = new();
    private readonly Random _random = new(seed);

    public double NextDouble()
    {
        lock (_lock)
            return _random.NextDouble();
    }

    public int Next(int exclusiveMax)
    {
        lock (_lock)
            return _random.Next(exclusiveMax);
    }
}
