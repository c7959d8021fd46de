using System.Text.Json;
using ServerlessRouter.Recording.Usage;

namespace ServerlessRouter.Http.Usage;

/// <summary>Writes a page of usage.</summary>
internal static class UsageDocument
{
    public static void Write(Utf8JsonWriter writer, UsageQuery query, UsagePage page)
    {
        writer.WriteStartObject();
        writer.WriteString("object"u8, "list"u8);
        writer.WriteStartArray("data"u8);
        foreach (var sum in page.Sums)
            Write(writer, query.Groups, sum);
        writer.WriteEndArray();
        writer.WriteBoolean("has_more"u8, page.Next is not null);
        writer.WriteString("next"u8, page.Next?.ToString());
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, UsageGroups groups, UsageSum sum)
    {
        writer.WriteStartObject();
        writer.WriteString("object"u8, "usage"u8);
        writer.WriteString("from"u8, sum.From.UtcDateTime);
        writer.WriteString("to"u8, sum.To.UtcDateTime);
        if (groups.HasFlag(UsageGroups.Key))
            writer.WriteString("key"u8, sum.Group.Key);
        if (groups.HasFlag(UsageGroups.Route))
            writer.WriteString("route"u8, sum.Group.Route);
        if (groups.HasFlag(UsageGroups.Model))
            writer.WriteString("model"u8, sum.Group.Model);
        if (groups.HasFlag(UsageGroups.Deployment))
            writer.WriteString("deployment"u8, sum.Group.Deployment);
        if (groups.HasFlag(UsageGroups.Status))
            writer.WriteNumber("status"u8, sum.Group.Status);
        Write(writer, sum.Tally);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, in UsageTally tally)
    {
        writer.WriteNumber("requests"u8, tally.Requests);
        writer.WriteNumber("failures"u8, tally.Failures);
        writer.WriteNumber("attempts"u8, tally.Attempts);
        writer.WriteNumber("estimated_attempts"u8, tally.EstimatedAttempts);
        writer.WriteNumber("prompt_tokens"u8, tally.PromptTokens);
        writer.WriteNumber("cached_tokens"u8, tally.CachedTokens);
        writer.WriteNumber("completion_tokens"u8, tally.CompletionTokens);
        writer.WriteNumber("reasoning_tokens"u8, tally.ReasoningTokens);
        writer.WriteNumber("cost"u8, tally.CostUsd);
        writer.WriteNumber("cache_hits"u8, tally.CacheHits);
        writer.WriteNumber("saved_cost"u8, tally.SavedUsd);
    }
}
