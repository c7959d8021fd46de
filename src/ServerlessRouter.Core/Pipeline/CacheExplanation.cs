using System.Text.Json;

namespace ServerlessRouter.Pipeline;

/// <summary>Tells in an explanation what the cache of answers did.</summary>
internal static class CacheExplanation
{
    public static void Write(Utf8JsonWriter writer, CacheOutcome cache)
    {
        writer.WriteStartObject("cache");
        writer.WriteString("status", cache.Status.ToWireName());
        if (cache.Reason is { } reason)
            writer.WriteString("reason", reason);
        if (cache.Answer is { } answer)
        {
            writer.WriteString("model", answer.Model);
            writer.WriteNumber("age_seconds", (long)answer.Age.TotalSeconds);
            writer.WriteNumber("saved_usd", answer.SavedUsd);
        }

        writer.WriteEndObject();
    }
}
