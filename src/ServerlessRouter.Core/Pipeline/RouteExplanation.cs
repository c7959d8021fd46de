using System.Text.Json;
using ServerlessRouter.Domain;
using ServerlessRouter.Errors;

namespace ServerlessRouter.Pipeline;

/// <summary>
/// The document that explains a decision: what the request was taken for, which models were planned and which were not, and what became of the attempts.
/// It is the body of <c>/v1/route</c>, the <c>router_metadata</c> of answers, and <c>route --json</c>.
/// </summary>
public static class RouteExplanation
{
    private const int Decimals = 4;
    private const int CostDecimals = 10;

    private static readonly string[] FailureNames = NamesOf<FailureKind>();
    private static readonly string[] ReasonNames = NamesOf<AttemptReason>();

    private static readonly string[] StandingNames =
        [.. Enum.GetValues<CandidateStanding>().Select(static standing => JsonNamingPolicy.SnakeCaseLower.ConvertName(standing.ToString()))];

    /// <summary>Writes the document as one JSON object; parts that the request did not get to are left out.</summary>
    public static void Write(Utf8JsonWriter writer, RequestContext context, TimeProvider time)
    {
        writer.WriteStartObject();
        writer.WriteString("request_id", context.RequestId);
        writer.WriteString("config_version", context.Router.Version);
        writer.WriteString("tier", context.Tier.Name);
        if (context.Route is { } route)
            writer.WriteString("route", route.Name);
        if (context.Profile is { } profile)
            WriteProfile(writer, profile);
        if (context.Plan is { } plan)
            WritePlan(writer, plan, context);
        if (context.HasSideCalls)
            WriteSideCalls(writer, context, time);
        if (context.Attempts.Count > 0)
            WriteAttempts(writer, context, time);
        if (context.Cache is { } cache)
            CacheExplanation.Write(writer, cache);
        context.Answered?.Adjustments?.WriteTo(writer);
        if (context.Answered is { } answered && (answered.IsHealed || context.Request.WantsHealing))
            writer.WriteBoolean("healed", answered.IsHealed);
        writer.WriteEndObject();
    }

    private static void WriteProfile(Utf8JsonWriter writer, RequestProfile profile)
    {
        writer.WriteStartObject("profile");
        writer.WriteString("task", profile.Task?.ToWireName());
        WriteNumber(writer, "confidence", profile.Confidence);
        if (!profile.TaskProbabilities.IsDefaultOrEmpty)
        {
            writer.WriteString("likeliest_task", profile.LikeliestTask.ToWireName());
            writer.WriteStartObject("probabilities");
            for (var task = 0; task < profile.TaskProbabilities.Length; task++)
                WriteNumber(writer, TaskKinds.WireNames[task], profile.TaskProbabilities[task]);
            writer.WriteEndObject();
        }

        WriteNumber(writer, "difficulty", profile.Difficulty);
        if (profile.Embeddings is { } embeddings)
            writer.WriteString("embeddings", embeddings);
        if (profile.SecondOpinion is { } opinion)
            writer.WriteString("second_opinion", opinion);
        if (!profile.PredictedQuality.IsDefaultOrEmpty)
            WriteNumber(writer, "prediction_trust", profile.PredictionTrust);
        writer.WriteNumber("prompt_tokens", profile.PromptTokens);
        writer.WriteStartArray("needs");
        foreach (var need in CapabilityNames.Of(profile.Needs))
            writer.WriteStringValue(need);
        writer.WriteEndArray();
        writer.WriteString("language", profile.Language);
        writer.WriteNumber("turns", profile.Turns);
        if (profile.Contributions.Count > 0)
            WriteContributions(writer, "contributions", profile.Contributions);
        if (profile.DifficultyContributions.Count > 0)
            WriteContributions(writer, "difficulty_contributions", profile.DifficultyContributions);
        writer.WriteEndObject();
    }

    private static void WriteContributions(Utf8JsonWriter writer, string name, IReadOnlyList<FeatureContribution> contributions)
    {
        writer.WriteStartArray(name);
        foreach (var (feature, value, contribution) in contributions)
        {
            writer.WriteStartObject();
            writer.WriteString("feature", feature);
            WriteNumber(writer, "value", value);
            WriteNumber(writer, "contribution", contribution);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WritePlan(Utf8JsonWriter writer, RoutePlan plan, RequestContext context)
    {
        var profile = context.Profile;
        writer.WriteString("rule", plan.Rule);
        writer.WriteString("objective", plan.Objective);
        WriteNumber(writer, "quality_floor", plan.QualityFloor);
        if (plan.Downgrade is { } downgrade)
            writer.WriteString("budget_low", downgrade);
        if (plan.Cascade is { } cascade)
            CascadeExplanation.Write(writer, plan, cascade, context.CascadeEnding);

        writer.WriteStartArray("candidates");
        foreach (var candidate in plan.Candidates)
            WriteCandidate(writer, candidate, profile);
        writer.WriteEndArray();
        if (plan.Counterfactuals is { } counterfactuals && plan.Candidates.Length > 1)
            WriteNext(writer, plan.Candidates[1].Model.Name, counterfactuals.Find(plan));

        writer.WriteStartArray("exclusions");
        foreach (var exclusion in plan.Exclusions)
        {
            writer.WriteStartObject();
            writer.WriteString("model", exclusion.Model);
            writer.WriteString("code", exclusion.Reason.ToAvailabilityCode());
            writer.WriteString("reason", exclusion.Reason.ToWireName());
            writer.WriteString("detail", exclusion.Detail);
            if (exclusion.Remedy is { } remedy)
                writer.WriteString("remedy", remedy);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteCandidate(Utf8JsonWriter writer, PlannedCandidate candidate, RequestProfile? profile)
    {
        writer.WriteStartObject();
        writer.WriteString("model", candidate.Model.Name);
        WriteNumber(writer, "quality", candidate.Quality);
        if (profile is { PredictedQuality.IsDefaultOrEmpty: false })
            WriteNumber(writer, "predicted_quality", profile.PredictedQuality[candidate.Model.Index]);
        WriteNumber(writer, "correction", candidate.Correction);
        WriteNumber(writer, "cost_usd", candidate.CostUsd, CostDecimals);
        writer.WriteNumber("output_tokens", candidate.OutputTokens);
        if (candidate.CachedTokens > 0)
            writer.WriteNumber("cached_tokens", candidate.CachedTokens);
        WriteNumber(writer, "latency_seconds", candidate.LatencySeconds);
        WriteNumber(writer, "first_token_seconds", candidate.FirstTokenSeconds);
        WriteNumber(writer, "tokens_per_second", candidate.TokensPerSecond);
        WriteNumber(writer, "score", candidate.Score);
        writer.WriteString("standing", candidate.IsFallback ? "fallback" : StandingNames[(int)candidate.Standing]);
        writer.WriteBoolean("is_fallback", candidate.IsFallback);
        writer.WriteString("reason", candidate.Reason);
        if (!candidate.IsCallable)
            writer.WriteString("availability", "temporarily_unavailable");
        writer.WriteEndObject();
    }

    /// <summary>The second candidate, and each change that by itself would put it first.</summary>
    private static void WriteNext(Utf8JsonWriter writer, string model, IReadOnlyList<PlanFlip> flips)
    {
        writer.WriteStartObject("next");
        writer.WriteString("model", model);
        writer.WriteStartArray("wins_if");
        foreach (var flip in flips)
        {
            writer.WriteStartObject();
            writer.WriteString("change", flip.Change);
            WriteNumber(writer, "now", flip.Now, CostDecimals);
            WriteNumber(writer, "then", flip.Then, CostDecimals);
            writer.WriteString("text", flip.Text);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteAttempts(Utf8JsonWriter writer, RequestContext context, TimeProvider time)
    {
        writer.WriteStartArray("attempts");
        foreach (var attempt in context.Attempts)
        {
            writer.WriteStartObject();
            WriteAttempt(writer, attempt, time);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteNumber("cost_usd", context.SpentUsd);
    }

    private static void WriteSideCalls(Utf8JsonWriter writer, RequestContext context, TimeProvider time)
    {
        writer.WriteStartArray("side_calls");
        foreach (var asked in context.SideCalls)
        {
            writer.WriteStartObject();
            writer.WriteString("purpose", asked.Purpose);
            WriteAttempt(writer, asked, time);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteAttempt(Utf8JsonWriter writer, AttemptContext attempt, TimeProvider time)
    {
        writer.WriteString("model", attempt.Model.Name);
        writer.WriteString("deployment", attempt.Deployment?.Id);
        writer.WriteString("reason", ReasonNames[(int)attempt.Reason]);
        if (attempt.DeploymentReason is { } picked)
            writer.WriteString("deployment_reason", picked);
        writer.WriteString("outcome", OutcomeOf(attempt));
        if (attempt.Failure?.UpstreamStatus is { } status)
            writer.WriteNumber("upstream_status", status);
        WriteMilliseconds(writer, "duration_ms", attempt.StartedAt, attempt.EndedAt, time);
        WriteMilliseconds(writer, "time_to_first_token_ms", attempt.StartedAt, attempt.FirstTokenAt, time);
        writer.WriteNumber("cost_usd", attempt.CostUsd);
        if (attempt.Failure is { } failure)
            writer.WriteString("why", failure.Detail);
        else if (attempt.Rejection is { } rejection)
            writer.WriteString("why", rejection.Verdict.Why);
        if (attempt.Checks is { } checks)
            CascadeExplanation.WriteChecks(writer, checks);
    }

    private static string OutcomeOf(AttemptContext attempt)
    {
        if (!attempt.HasEnded)
            return "running";
        if (attempt.Failure is { } failure)
            return FailureNames[(int)failure.Kind];
        return attempt.Rejection is null ? "answered" : FailureNames[(int)FailureKind.CheckFailed];
    }

    /// <summary>What the wire calls the members of an enumeration, in their order.</summary>
    private static string[] NamesOf<T>() where T : struct, Enum =>
        [.. Enum.GetValues<T>().Select(static value => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString()))];

    private static void WriteMilliseconds(Utf8JsonWriter writer, string name, long startedAt, long endedAt, TimeProvider time)
    {
        double? milliseconds = startedAt == 0 || endedAt == 0 ? null : time.GetElapsedTime(startedAt, endedAt).TotalMilliseconds;
        WriteNumber(writer, name, milliseconds);
    }

    /// <summary>Rounded for reading; <c>null</c> where there is no figure.</summary>
    private static void WriteNumber(Utf8JsonWriter writer, string name, double? value, int decimals = Decimals)
    {
        if (value is { } number && double.IsFinite(number))
            writer.WriteNumber(name, Math.Round(number, decimals));
        else
            writer.WriteNull(name);
    }
}
