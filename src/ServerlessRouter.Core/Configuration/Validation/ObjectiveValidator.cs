using ServerlessRouter.Configuration.Written;

namespace ServerlessRouter.Configuration.Validation;

/// <summary>Checks that an objective can order the candidates of its route.</summary>
internal sealed class ObjectiveValidator : IConfigValidator
{
    public void Validate(ValidationContext context)
    {
        foreach (var (name, route) in context.Config.Routes.Entries())
        {
            if (route.Objective is not { } objective)
                continue;
            var path = $"{ConfigPath.Member("routes", name)}.objective";
            ValidateWeights(objective, path, context.Findings);
            var best = route.Candidates.Entries().Select(entry => BestQuality(entry.Value, context)).DefaultIfEmpty(double.PositiveInfinity).Max();
            if (objective.MinimumQuality is { } minimum && best < minimum)
                context.Findings.Warning($"{path}.minimumQuality", $"is {minimum}, which no candidate reaches for any task, so it changes nothing");
        }
    }

    private static void ValidateWeights(ObjectiveConfig objective, string path, Findings findings)
    {
        if (objective.Weights is not { } weights)
            return;
        if (objective.Prefer is not null)
            findings.Error($"{path}.prefer", "cannot stand beside weights: both order the candidates; remove one");
        if ((weights.Quality ?? 0) + (weights.Cost ?? 0) + (weights.Latency ?? 0) == 0)
            findings.Error($"{path}.weights", "are all zero, so they order nothing; give one of quality, cost and latency a weight");
    }

    // What outcomes predict differs from text to text, so that no floor is out of reach.
    private static double BestQuality(string name, ValidationContext context) =>
        context.Config.Models?.GetValueOrDefault(name) is { } model && !context.IsGraded(name)
            ? Math.Max(WrittenQuality.Of(model, null), model.Quality?.Values.Max() ?? 0)
            : double.PositiveInfinity;
}
