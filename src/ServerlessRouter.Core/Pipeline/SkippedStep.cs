namespace ServerlessRouter.Pipeline;

/// <summary>A step of a cascade that is not asked first, and why.</summary>
/// <param name="Model">The model's name.</param>
/// <param name="Why">For people: the figures behind it.</param>
public sealed record SkippedStep(string Model, string Why);
