using System.Collections.Immutable;
using ServerlessRouter.Configuration;

namespace ServerlessRouter.Pipeline;

/// <summary>The part of a plan that is a cascade.</summary>
/// <param name="Model">As configured.</param>
/// <param name="Steps">How many of the plan's first candidates are its steps.</param>
/// <param name="Skipped">The steps this request leaves out.</param>
public sealed record CascadePlan(CascadeModel Model, int Steps, ImmutableArray<SkippedStep> Skipped)
{
    /// <summary>There is a stronger model to turn to.</summary>
    public bool CanClimb => Steps > 1;
}

/// <summary>A step of a cascade that is not asked first, and why.</summary>
/// <param name="Model">The model's name.</param>
/// <param name="Why">For people: the figures behind it.</param>
public sealed record SkippedStep(string Model, string Why);
