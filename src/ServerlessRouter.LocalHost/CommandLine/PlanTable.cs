using System.Globalization;
using System.Text;
using ServerlessRouter.Domain;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.LocalHost.CommandLine;

/// <summary>A plan as a person reads it.</summary>
internal static class PlanTable
{
    private const int MaxContributions = 8;

    /// <param name="context">What was planned.</param>
    /// <param name="source">Where the configuration is from.</param>
    public static string Of(RequestContext context, string source)
    {
        var (profile, plan) = (context.Profile, context.Plan);
        var text = new StringBuilder();
        var task = profile.Task is { } known ? known.ToWireName() : $"unsure (perhaps {profile.LikeliestTask.ToWireName()})";
        text.AppendLine(CultureInfo.InvariantCulture, $"Profile    task {task}, confidence {profile.Confidence:0.00}, difficulty {profile.Difficulty:0.00}, {profile.PromptTokens} prompt tokens, language {profile.Language}");
        if (profile.Contributions.Count > 0)
            text.AppendLine(CultureInfo.InvariantCulture, $"Because    {string.Join(", ", profile.Contributions.Take(MaxContributions).Select(Spoken))}");
        if (profile.DifficultyContributions.Count > 0)
            text.AppendLine(CultureInfo.InvariantCulture, $"Hard by    {string.Join(", ", profile.DifficultyContributions.Take(MaxContributions).Select(Spoken))}");
        text.AppendLine(CultureInfo.InvariantCulture, $"Needs      {Listed(CapabilityNames.Of(profile.Needs))}");
        text.AppendLine(CultureInfo.InvariantCulture, $"Config     {source}");
        text.AppendLine(CultureInfo.InvariantCulture, $"Route      {context.Route.Name}, rule {plan.Rule ?? "none"}, objective {plan.Objective}, quality floor {plan.QualityFloor:0.##}");
        text.AppendLine();
        TextTable.AppendTo(
            text,
            ["#", "model", "quality", "cost (USD)", "latency (s)", "score", "why"],
            plan.Candidates.Select((candidate, place) => new[]
            {
                (place + 1).ToString(CultureInfo.InvariantCulture),
                candidate.Model.Name,
                candidate.Quality.ToString("0.00", CultureInfo.InvariantCulture),
                candidate.CostUsd.ToString("0.000000", CultureInfo.InvariantCulture),
                candidate.LatencySeconds?.ToString("0.00", CultureInfo.InvariantCulture) ?? "unknown",
                candidate.Score.ToString("0.000", CultureInfo.InvariantCulture),
                candidate.Reason,
            }));
        if (plan.Counterfactuals is { } counterfactuals && plan.Candidates.Length > 1)
            AppendNext(text, plan.Candidates[1].Model.Name, counterfactuals.Find(plan));
        if (!plan.Exclusions.IsEmpty)
        {
            text.AppendLine();
            TextTable.AppendTo(text, ["excluded", "code", "by", "why"], plan.Exclusions.Select(exclusion => new[] { exclusion.Model, exclusion.Reason.ToAvailabilityCode(), exclusion.Reason.ToWireName(), exclusion.Remedy is { } remedy ? $"{exclusion.Detail} (if it can, {remedy})" : exclusion.Detail }));
        }

        return text.ToString().TrimEnd();
    }

    private static string Spoken(FeatureContribution contribution) => string.Create(CultureInfo.InvariantCulture, $"{contribution.Feature} {contribution.Contribution:+0.00;-0.00}");

    private static void AppendNext(StringBuilder text, string model, IReadOnlyList<PlanFlip> flips)
    {
        text.AppendLine();
        text.AppendLine(flips.Count == 0 ? $"Nothing by itself would put {model} first." : $"{model} would come first if");
        foreach (var flip in flips)
            text.AppendLine(CultureInfo.InvariantCulture, $"  - {flip.Text}");
    }

    private static string Listed(IEnumerable<string> names) => string.Join(", ", names) is { Length: > 0 } listed ? listed : "nothing special";
}
