namespace ServerlessRouter.Domain;

/// <summary>Where every random choice of the router comes from, so that a test can decide it.</summary>
public interface IRandomSource
{
    /// <summary>A number in [0, 1).</summary>
    double NextDouble();

    /// <summary>A number in [0, <paramref name="exclusiveMax"/>).</summary>
    int Next(int exclusiveMax);
}
