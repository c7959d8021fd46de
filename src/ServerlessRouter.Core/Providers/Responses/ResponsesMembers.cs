using System.Collections.Frozen;
using System.Text.Json;
using ServerlessRouter.Providers.Translation;

namespace ServerlessRouter.Providers.Responses;

/// <summary>
/// The members of a chat request that this API has under the same name, and those it has no counterpart for: refused where the answer would be another one, else left out and told.
/// </summary>
internal static class ResponsesMembers
{
    /// <summary>The same in both schemas, or this API's own.</summary>
    public static readonly string[] Same =
    [
        "temperature", "top_p", "user", "safety_identifier", "metadata", "service_tier", "prompt_cache_key", "prompt_cache_retention", "prompt_cache_options", "moderation",
        "max_tool_calls", "truncation",
    ];

    /// <summary>Translated elsewhere, or the router's own.</summary>
    private static readonly FrozenSet<string> Carried = new[]
    {
        "model", "messages", "stream", "stream_options", "max_tokens", "max_completion_tokens", "max_output_tokens", "tools", "tool_choice", "functions", "function_call",
        "parallel_tool_calls", "web_search_options", "response_format", "verbosity", "reasoning", "include_reasoning", "reasoning_effort", "thinking", "logprobs", "top_logprobs", "include",
        "n", "stop", "audio", "modalities", "session_id", "cache_control",
    }.Concat(Same).ToFrozenSet(StringComparer.Ordinal);

    public static void Report(JsonElement request, TranslationNotes notes)
    {
        if (LooseJson.Count(request, "n") > 1)
            notes.Refuse("n", "OpenAI's Responses API gives one answer a call; 'n' above 1 cannot be asked for.");
        if (AsksForSomething(LooseJson.Member(request, "stop")))
            notes.Refuse("stop", "OpenAI's Responses API has no stop sequences; leave 'stop' out, or let the router do so by the model's 'parameters.drop'.");
        if (AsksForSomething(LooseJson.Member(request, "audio")) || HasOtherThanText(LooseJson.Member(request, "modalities")))
            notes.Refuse(AsksForSomething(LooseJson.Member(request, "audio")) ? "audio" : "modalities", "OpenAI's Responses API answers with text alone; 'audio' and other 'modalities' cannot be asked for.");
        if (!notes.IsRead)
            return;
        foreach (var member in request.EnumerateObject())
        {
            if (!Carried.Contains(member.Name) && AsksForSomething(member.Value) && !IsNeutral(member))
                notes.Drop(member.Name, member.Value);
        }
    }

    private static bool HasOtherThanText(JsonElement modalities) =>
        modalities.ValueKind == JsonValueKind.Array && modalities.EnumerateArray().Any(static modality => modality.ValueKind == JsonValueKind.String && !modality.ValueEquals("text"));

    private static bool AsksForSomething(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Undefined or JsonValueKind.Null or JsonValueKind.False => false,
        JsonValueKind.Object => value.EnumerateObject().Any(),
        JsonValueKind.Array => value.GetArrayLength() > 0,
        _ => true,
    };

    /// <summary>It asks for what is so anyway.</summary>
    private static bool IsNeutral(JsonProperty member) =>
        member.Value.ValueKind == JsonValueKind.Number && member.Value.GetDouble() == 0 && member.Name is "frequency_penalty" or "presence_penalty" or "min_p" or "top_a";
}
