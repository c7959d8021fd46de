namespace ServerlessRouter.Domain;

/// <summary>Where every random choice of the router comes from, so that a test can decide it.</summary>
public interface IRandomSource
{
    /// <summary>A number in [0, 1).</summary>
    double NextDouble();

    /// <summary>A number in [0, <paramref name="exclusiveMax"/>).</summary>
    int Next(int exclusiveMax);
}

internal sealed class SystemRandomSource : IRandomSource
{
    public static readonly SystemRandomSource Instance = new();

    private SystemRandomSource()
    {
    }

    // The ban points everyone at IRandomSource; this is where the source itself comes from. Random.Shared is thread-safe.
#pragma warning disable RS0030
    public double NextDouble() => Random.Shared.NextDouble();

    public int Next(int exclusiveMax) => Random.Shared.Next(exclusiveMax);
#pragma warning restore RS0030
}
