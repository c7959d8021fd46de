using System.Buffers;
using System.Text;
using System.Text.Json;
using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;
using ServerlessRouter.State;

namespace ServerlessRouter.Recording.Records;

/// <summary>Makes the record of a settled request out of names and figures. Texts stay out: prompts, answers, vendors' words, and what quotes them.</summary>
internal static class RecordComposer
{
    private const int MaxCharacters = TableLimits.PropertyBytes / 2;
    private const int MaxNameLength = 128;
    private const int Answered = 200;
    private const int Decimals = 3;

    private static readonly string[] FailureNames = NamesOf<FailureKind>();
    private static readonly string[] ReasonNames = NamesOf<AttemptReason>();

    public static RequestRecord Compose(RequestContext context, TimeProvider time)
    {
        var receivedAt = time.GetUtcNow() - time.GetElapsedTime(context.ReceivedAt);
        var json = Text(context, receivedAt, time, WriteLists);
        // A plan of hundreds of models, and a list of long names, are what a record can do without.
        if (json.Length > MaxCharacters)
            json = Text(context, receivedAt, time, static (_, _) => { });
        return new RequestRecord(context.RequestId, context.IsProbe ? null : context.CallerName, receivedAt, json);
    }

    private static string Text(RequestContext context, DateTimeOffset receivedAt, TimeProvider time, Action<Utf8JsonWriter, RequestContext> writeLists)
    {
        var output = new ArrayBufferWriter<byte>(2048);
        using var writer = new Utf8JsonWriter(output);
        writer.WriteStartObject();
        writer.WriteString("id"u8, context.RequestId);
        writer.WriteString("object"u8, "request"u8);
        writer.WriteString("kind"u8, context.IsProbe ? "probe" : context.Recalled is null ? "live" : "job");
        writer.WriteString("received_at"u8, receivedAt.UtcDateTime);
        WriteMilliseconds(writer, "duration_ms", context.ReceivedAt, EndOf(context), time);
        WriteOverhead(writer, context, time);
        writer.WriteString("key"u8, context.CallerName);
        writer.WriteString("tier"u8, context.Tier.Name);
        WriteTags(writer, context.Caller);
        writer.WriteString("requested_model"u8, Short(context.Request.Model));
        writer.WriteBoolean("stream"u8, context.Request.IsStream);
        writer.WriteString("route"u8, context.Route?.Name);
        writer.WriteString("model"u8, context.AnsweringModel);
        writer.WriteString("deployment"u8, context.Answered?.Deployment?.Id);
        writer.WriteNumber("status"u8, context.Error?.Status ?? Answered);
        writer.WriteString("error"u8, context.Error is { } error ? RouterErrorTraits.Of(error.Code).Code : null);
        writer.WriteNumber("cost"u8, context.CostUsd);
        writer.WriteString("config_version"u8, context.Router.Version);
        writer.WriteString("price_version"u8, context.Answered?.Model.PriceVersion);
        WriteCache(writer, context.Cache);
        WriteProfile(writer, context.Profile);
        writeLists(writer, context);
        writer.WriteStartArray("attempts"u8);
        foreach (var attempt in context.Attempts)
            Write(writer, attempt, context, time);
        if (context.HasSideCalls)
        {
            foreach (var asked in context.SideCalls)
                Write(writer, asked, context, time);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.Flush();
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    /// <summary>What is answered later, in steps, has mostly slept: nothing of that is the router's.</summary>
    private static void WriteOverhead(Utf8JsonWriter writer, RequestContext context, TimeProvider time)
    {
        if (context.Recalled is null)
            writer.WriteNumber("overhead_ms"u8, Math.Round(RequestTimes.Of(context, time).Own.TotalMilliseconds, Decimals));
        else
            writer.WriteNull("overhead_ms"u8);
    }

    private static void WriteTags(Utf8JsonWriter writer, CallerModel? caller)
    {
        if (caller is not { Tags.Count: > 0 })
            return;
        writer.WriteStartObject("tags"u8);
        foreach (var (name, value) in caller.Tags)
            writer.WriteString(name, value);
        writer.WriteEndObject();
    }

    private static void WriteCache(Utf8JsonWriter writer, CacheOutcome? cache)
    {
        if (cache is null)
            return;
        writer.WriteStartObject("cache"u8);
        writer.WriteString("status"u8, cache.Status.ToWireName());
        if (cache.Reason is { } reason)
            writer.WriteString("reason"u8, reason);
        if (cache.Answer is { } answer)
        {
            writer.WriteNumber("age_s"u8, (long)answer.Age.TotalSeconds);
            writer.WriteNumber("saved"u8, answer.SavedUsd);
        }

        writer.WriteEndObject();
    }

    private static void WriteProfile(Utf8JsonWriter writer, RequestProfile? profile)
    {
        if (profile is null)
            return;
        writer.WriteStartObject("profile"u8);
        writer.WriteString("task"u8, profile.Task?.ToWireName());
        writer.WriteNumber("confidence"u8, Math.Round(profile.Confidence, Decimals));
        writer.WriteNumber("difficulty"u8, Math.Round(profile.Difficulty, Decimals));
        writer.WriteString("language"u8, profile.Language);
        writer.WriteNumber("turns"u8, profile.Turns);
        writer.WriteNumber("prompt_tokens"u8, profile.PromptTokens);
        writer.WriteStartArray("needs"u8);
        foreach (var need in CapabilityNames.Of(profile.Needs))
            writer.WriteStringValue(need);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteLists(Utf8JsonWriter writer, RequestContext context)
    {
        if (context.Request.Models.Count > 0)
        {
            writer.WriteStartArray("requested_models"u8);
            foreach (var name in context.Request.Models)
                writer.WriteStringValue(Short(name));
            writer.WriteEndArray();
        }

        WritePlan(writer, context);
    }

    private static void WritePlan(Utf8JsonWriter writer, RequestContext context)
    {
        if (context.Plan is not { } plan)
            return;
        writer.WriteStartObject("plan"u8);
        writer.WriteString("objective"u8, plan.Objective);
        writer.WriteString("rule"u8, plan.Rule);
        writer.WriteStartArray("candidates"u8);
        foreach (var candidate in plan.Candidates)
            writer.WriteStringValue(candidate.Model.Name);
        writer.WriteEndArray();
        writer.WriteStartArray("excluded"u8);
        foreach (var exclusion in plan.Exclusions)
        {
            writer.WriteStartObject();
            writer.WriteString("model"u8, Short(exclusion.Model));
            writer.WriteString("reason"u8, exclusion.Reason.ToWireName());
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, AttemptContext attempt, RequestContext context, TimeProvider time)
    {
        var usage = attempt.Usage;
        writer.WriteStartObject();
        writer.WriteString("model"u8, attempt.Model.Name);
        writer.WriteString("deployment"u8, attempt.Deployment?.Id);
        writer.WriteString("reason"u8, ReasonNames[(int)attempt.Reason]);
        if (attempt.Purpose is { } purpose)
            writer.WriteString("purpose"u8, purpose);
        writer.WriteString("outcome"u8, OutcomeOf(attempt));
        if (attempt.Failure?.UpstreamStatus is { } status)
            writer.WriteNumber("upstream_status"u8, status);
        if (attempt.Rejection is { } rejection)
            writer.WriteString("rejected_by"u8, rejection.Check);
        WriteMilliseconds(writer, "started_ms", context.ReceivedAt, attempt.StartedAt, time);
        WriteMilliseconds(writer, "duration_ms", attempt.StartedAt, attempt.EndedAt, time);
        WriteMilliseconds(writer, "time_to_first_token_ms", attempt.StartedAt, attempt.FirstTokenAt, time);
        writer.WriteNumber("prompt_tokens"u8, usage.PromptTokens);
        writer.WriteNumber("cached_tokens"u8, usage.CachedTokens);
        writer.WriteNumber("completion_tokens"u8, usage.CompletionTokens);
        writer.WriteNumber("reasoning_tokens"u8, usage.ReasoningTokens);
        writer.WriteBoolean("is_estimated"u8, usage.IsEstimated);
        if (usage.ServiceTier is { } tier)
            writer.WriteString("service_tier"u8, tier);
        var promptUsd = attempt.CostUsd == 0 ? 0 : attempt.PriceOf(usage).PromptPartUsd(usage, attempt.CostUsd);
        writer.WriteNumber("cost"u8, attempt.CostUsd);
        writer.WriteNumber("prompt_cost"u8, promptUsd);
        writer.WriteNumber("completion_cost"u8, attempt.CostUsd - promptUsd);
        writer.WriteString("price_version"u8, attempt.Model.PriceVersion);
        writer.WriteEndObject();
    }

    private static string OutcomeOf(AttemptContext attempt)
    {
        if (attempt.Failure is { } failure)
            return FailureNames[(int)failure.Kind];
        return attempt.Rejection is null ? "answered" : FailureNames[(int)FailureKind.CheckFailed];
    }

    private static long EndOf(RequestContext context)
    {
        var end = 0L;
        foreach (var attempt in context.Attempts)
            end = Math.Max(end, attempt.EndedAt);
        return end;
    }

    /// <summary>A timestamp of 0 is not yet.</summary>
    private static void WriteMilliseconds(Utf8JsonWriter writer, string name, long from, long to, TimeProvider time)
    {
        if (from == 0 || to == 0)
            writer.WriteNull(name);
        else
            writer.WriteNumber(name, Math.Round(time.GetElapsedTime(from, to).TotalMilliseconds, Decimals));
    }

    /// <summary>A caller can write anything where a name belongs.</summary>
    private static string Short(string name) => name.Length <= MaxNameLength ? name : name[..MaxNameLength];

    private static string[] NamesOf<T>() where T : struct, Enum =>
        [.. Enum.GetValues<T>().Select(static value => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString()))];
}
