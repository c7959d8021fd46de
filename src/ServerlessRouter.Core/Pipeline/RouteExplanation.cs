using System.Text.Json;
using ServerlessRouter.Configuration;
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

    private static readonly string[] FailureNames =
        [.. Enum.GetValues<FailureKind>().Select(static kind => JsonNamingPolicy.SnakeCaseLower.ConvertName(kind.ToString()))];

    /// <summary>
    /// Writes the document as one JSON object; parts that the request did not get to are left out. <paramref name="contributions"/> are the features the
    /// classifier went by, weightiest first.
    /// </summary>
    public static void Write(Utf8JsonWriter writer, RequestContext context, TimeProvider time, IEnumerable<KeyValuePair<string, float>>? contributions = null)
    {
        writer.WriteStartObject();
        writer.WriteString("request_id", context.RequestId);
        writer.WriteString("config_version", context.Router.Version);
        writer.WriteString("tier", context.Tier.Name);
        if (context.Route is { } route)
            writer.WriteString("route", route.Name);
        if (context.Profile is { } profile)
            WriteProfile(writer, profile, contributions);
        if (context.Plan is { } plan)
            WritePlan(writer, plan);
        if (context.HasSideCalls)
            WriteSideCalls(writer, context, time);
        if (context.Attempts.Count > 0)
            WriteAttempts(writer, context, time);
        writer.WriteEndObject();
    }

    private static void WriteProfile(Utf8JsonWriter writer, RequestProfile profile, IEnumerable<KeyValuePair<string, float>>? contributions)
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
        if (contributions is not null)
            WriteContributions(writer, contributions);
        writer.WriteEndObject();
    }

    private static void WriteContributions(Utf8JsonWriter writer, IEnumerable<KeyValuePair<string, float>> contributions)
    {
        writer.WriteStartArray("contributions");
        foreach (var (feature, contribution) in contributions)
        {
            writer.WriteStartObject();
            writer.WriteString("feature", feature);
            WriteNumber(writer, "contribution", contribution);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WritePlan(Utf8JsonWriter writer, RoutePlan plan)
    {
        writer.WriteString("rule", plan.Rule);
        writer.WriteString("objective", plan.Objective);

        writer.WriteStartArray("candidates");
        foreach (var candidate in plan.Candidates)
        {
            writer.WriteStartObject();
            writer.WriteString("model", candidate.Model.Name);
            WriteNumber(writer, "quality", candidate.Quality);
            WriteNumber(writer, "cost_usd", candidate.CostUsd, CostDecimals);
            WriteNumber(writer, "latency_seconds", candidate.LatencySeconds);
            WriteNumber(writer, "score", candidate.Score);
            writer.WriteBoolean("is_fallback", candidate.IsFallback);
            writer.WriteString("reason", candidate.Reason);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();

        writer.WriteStartArray("exclusions");
        foreach (var exclusion in plan.Exclusions)
        {
            writer.WriteStartObject();
            writer.WriteString("model", exclusion.Model);
            writer.WriteString("reason", exclusion.Reason.ToWireName());
            writer.WriteString("detail", exclusion.Detail);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
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
        writer.WriteString("outcome", OutcomeOf(attempt));
        if (attempt.Failure?.UpstreamStatus is { } status)
            writer.WriteNumber("upstream_status", status);
        WriteMilliseconds(writer, "duration_ms", attempt.StartedAt, attempt.EndedAt, time);
        WriteMilliseconds(writer, "time_to_first_token_ms", attempt.StartedAt, attempt.FirstTokenAt, time);
        writer.WriteNumber("cost_usd", attempt.CostUsd);
        if (attempt.Failure is { } failure)
            writer.WriteString("why", failure.Detail);
    }

    private static string OutcomeOf(AttemptContext attempt)
    {
        if (!attempt.HasEnded)
            return "running";
        return attempt.Failure is { } failure ? FailureNames[(int)failure.Kind] : "answered";
    }

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
