using ServerlessRouter.Domain;

namespace ServerlessRouter.Testing.Chance;

/// <summary>Plays the given numbers in [0, 1) in order and starts again at the end; whole numbers are scaled from the same sequence.</summary>
public sealed class FixedRandomSource : IRandomSource
{
    private readonly double[] _values;
    private int _drawn;

    public FixedRandomSource(params double[] values)
    {
        ArgumentOutOfRangeException.ThrowIfZero(values.Length);
        foreach (var value in values)
        {
            if (value is not (>= 0 and < 1))
                throw new ArgumentOutOfRangeException(nameof(values), value, "A random source gives numbers in [0, 1).");
        }
        _values = values;
    }

    /// <summary>How many numbers were asked for.</summary>
    public int Drawn => Volatile.Read(ref _drawn);

    public double NextDouble() => _values[(Interlocked.Increment(ref _drawn) - 1) % _values.Length];

    public int Next(int exclusiveMax)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(exclusiveMax);
        return (int)(NextDouble() * exclusiveMax);
    }
}
