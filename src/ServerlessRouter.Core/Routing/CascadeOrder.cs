using System.Collections.Immutable;
using System.Globalization;
using ServerlessRouter.Configuration;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Routing;

/// <summary>
/// Puts the steps of a route's cascade before the other candidates, in the order of the cascade. Steps that the profile already says will fail come last instead:
/// they may still answer where no other model does.
/// </summary>
internal static class CascadeOrder
{
    /// <summary>Orders anew; null when none of the steps may answer.</summary>
    public static CascadePlan? Apply(CascadeModel cascade, RequestContext context, ImmutableArray<PlannedCandidate>.Builder candidates)
    {
        var steps = new List<PlannedCandidate>(cascade.Steps.Length);
        var weak = new List<PlannedCandidate>(0);
        var skipped = ImmutableArray.CreateBuilder<SkippedStep>(0);
        var last = LastOf(cascade, candidates);
        foreach (var model in cascade.Steps)
        {
            if (Find(candidates, model) is not { } candidate)
                continue;
            if (ReferenceEquals(candidate, last) || WhySkipped(cascade, context, candidate) is not { } why)
            {
                steps.Add(candidate);
                continue;
            }

            skipped.Add(new SkippedStep(model.Name, why));
            weak.Add(candidate with { Reason = $"skipped by the cascade: {why}" });
        }

        if (steps.Count == 0)
            return null;
        var others = candidates.Where(candidate => !cascade.Steps.Contains(candidate.Model)).ToArray();
        candidates.Clear();
        for (var step = 0; step < steps.Count; step++)
            candidates.Add(steps[step] with { Reason = $"step {step + 1} of {steps.Count} of the cascade" });
        candidates.AddRange(others);
        candidates.AddRange(weak);
        return new CascadePlan(cascade, steps.Count, skipped.ToImmutable());
    }

    private static PlannedCandidate? LastOf(CascadeModel cascade, ImmutableArray<PlannedCandidate>.Builder candidates)
    {
        PlannedCandidate? last = null;
        foreach (var model in cascade.Steps)
            last = Find(candidates, model) ?? last;
        return last;
    }

    private static PlannedCandidate? Find(ImmutableArray<PlannedCandidate>.Builder candidates, LanguageModel model)
    {
        foreach (var candidate in candidates)
        {
            if (ReferenceEquals(candidate.Model, model))
                return candidate;
        }

        return null;
    }

    private static string? WhySkipped(CascadeModel cascade, RequestContext context, PlannedCandidate candidate)
    {
        if (context.Profile.Difficulty > cascade.SkipAboveDifficulty)
            return string.Create(CultureInfo.InvariantCulture, $"difficulty {context.Profile.Difficulty:0.##} > {cascade.SkipAboveDifficulty:0.##}");
        if (candidate.Quality < cascade.SkipBelowQuality)
            return string.Create(CultureInfo.InvariantCulture, $"predicted quality {candidate.Quality:0.##} < {cascade.SkipBelowQuality:0.##}");
        return candidate.Quality < context.Tier.MinimumQuality
            ? string.Create(CultureInfo.InvariantCulture, $"predicted quality {candidate.Quality:0.##} < {context.Tier.MinimumQuality:0.##}, the floor of tier {context.Tier.Name}")
            : null;
    }
}
