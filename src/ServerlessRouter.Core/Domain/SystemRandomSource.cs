namespace ServerlessRouter.Domain;

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
