using System.Text.Json;
using ServerlessRouter.Providers.Translation;

namespace ServerlessRouter.Providers.Anthropic;

/// <summary>What OpenAI's schema has no member for: it goes on as it came, under LiteLLM's name for such things, <c>provider_specific_fields</c>.</summary>
internal static class AnthropicOthers
{
    public const string Name = "provider_specific_fields";

    /// <summary>Members of a message that become something else, or nothing: a type and a role say what is known.</summary>
    private static readonly string[] Message = ["type", "id", "role", "model", "content", "usage", "stop_reason", "error"];

    private static readonly string[] Call = ["type", "id", "name", "input"];

    /// <summary>Besides those of a message, what only an event has.</summary>
    private static readonly string[] Event = [.. Message, "delta", "message", "index"];

    /// <summary>Of a message, or of the end of one: the stop sequence, details of a refusal, the container, and what the vendor adds.</summary>
    public static bool HasAnyOfMessage(JsonElement message) => HasAny(message, Message);

    public static void WriteOfMessage(Utf8JsonWriter writer, JsonElement message) => WriteMembers(writer, message, Message);

    public static bool HasAnyOfEvent(JsonElement item) => HasAny(item, Event);

    public static void WriteOfEvent(Utf8JsonWriter writer, JsonElement item) => WriteMembers(writer, item, Event);

    /// <summary>Of a tool call: which of the vendor's tools made it, and what the vendor adds. Writes the member whole, or nothing.</summary>
    public static void WriteOfCall(Utf8JsonWriter writer, JsonElement block)
    {
        if (!HasAny(block, Call))
            return;
        writer.WriteStartObject(Name);
        WriteMembers(writer, block, Call);
        writer.WriteEndObject();
    }

    /// <summary>Writes a block, or a delta of one, as it came; in streams with its place.</summary>
    public static void WriteBlock(Utf8JsonWriter writer, JsonElement block, int? place = null)
    {
        writer.WriteStartObject();
        if (place is { } index)
            writer.WriteNumber("index", index);
        foreach (var member in block.EnumerateObject())
        {
            if (place is null || !member.NameEquals("index"u8))
                Copy(writer, member);
        }

        writer.WriteEndObject();
    }

    private static bool HasAny(JsonElement parent, string[] known)
    {
        if (parent.ValueKind != JsonValueKind.Object)
            return false;
        foreach (var member in parent.EnumerateObject())
        {
            if (IsOther(member, known))
                return true;
        }

        return false;
    }

    private static void WriteMembers(Utf8JsonWriter writer, JsonElement parent, string[] known)
    {
        if (parent.ValueKind != JsonValueKind.Object)
            return;
        foreach (var member in parent.EnumerateObject())
        {
            if (IsOther(member, known))
                Copy(writer, member);
        }
    }

    // As it stands: an element's own way of writing itself stumbles over half a surrogate pair.
    private static void Copy(Utf8JsonWriter writer, JsonProperty member)
    {
        writer.WritePropertyName(member.Name);
        writer.WriteRawValue(LooseJson.Raw(member.Value), skipInputValidation: true);
    }

    private static bool IsOther(JsonProperty member, string[] known)
    {
        if (member.Value.ValueKind == JsonValueKind.Null)
            return false;
        foreach (var name in known)
        {
            if (member.NameEquals(name))
                return false;
        }

        return true;
    }
}
