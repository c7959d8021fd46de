using System.Text.Json;

namespace ServerlessRouter.Errors;

/// <summary>Writes errors as callers get them: OpenAI's schema, with OpenRouter's <c>availability</c> where one fits.</summary>
public static class RouterErrorJson
{
    /// <summary>Writes the member <c>"error": {…}</c> into an open object.</summary>
    public static void WriteMember(Utf8JsonWriter writer, RouterError error)
    {
        var traits = RouterErrorTraits.Of(error.Code);
        writer.WriteStartObject("error"u8);
        writer.WriteString("message"u8, error.Message);
        writer.WriteString("type"u8, traits.Type);
        writer.WriteString("param"u8, error.Param);
        writer.WriteString("code"u8, traits.Code);
        if (error.Limit is { } limit)
            WriteMetadata(writer, limit);
        if (traits.Availability is { } availability)
        {
            writer.WriteStartObject("availability"u8);
            writer.WriteString("code"u8, availability);
            writer.WriteStartArray("excluded_by"u8);
            foreach (var constraint in error.ExcludedBy)
                writer.WriteStringValue(constraint);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    /// <summary>Writes the member <c>"metadata": {…}</c>, by which programs tell a spent budget from a limit that passes.</summary>
    public static void WriteMetadata(Utf8JsonWriter writer, LimitFacts limit)
    {
        writer.WriteStartObject("metadata"u8);
        writer.WriteString("limit"u8, limit.Limit);
        writer.WriteString("window"u8, limit.Window);
        if (limit.ResetsAt is { } at)
            writer.WriteString("resets_at"u8, at.UtcDateTime);
        else
            writer.WriteNull("resets_at"u8);
        if (limit.Budget is { } budget)
        {
            writer.WriteNumber("spent_usd"u8, budget.SpentUsd);
            writer.WriteNumber("pending_usd"u8, budget.PendingUsd);
            writer.WriteNumber("budget_usd"u8, budget.BudgetUsd);
        }

        writer.WriteEndObject();
    }
}
