using System.Collections.Frozen;
using System.Text.Json;
using ServerlessRouter.Providers.Translation;

namespace ServerlessRouter.Providers.Anthropic;

/// <summary>The members of a request that the vendor's API has no counterpart for: refused where the answer would be another one, else left out and told.</summary>
internal static class UncarriedMembers
{
    /// <summary>Members of the vendor's own that go up as they are.</summary>
    public static readonly string[] Own = ["container", "context_management", "mcp_servers", "inference_geo", "speed"];

    /// <summary>Translated elsewhere, or the router's own.</summary>
    private static readonly FrozenSet<string> Carried = new[]
    {
        "model", "messages", "system", "stream", "stream_options", "max_tokens", "max_completion_tokens", "temperature", "top_p", "top_k", "stop", "stop_sequences", "tools", "tool_choice", "functions",
        "function_call", "parallel_tool_calls", "response_format", "reasoning", "include_reasoning", "reasoning_effort", "thinking", "output_config", "verbosity", "user", "safety_identifier", "metadata",
        "service_tier", "n", "audio", "modalities", "web_search_options", "prompt_cache_key", "session_id", "cache_control",
    }.Concat(Own).ToFrozenSet(StringComparer.Ordinal);

    public static void Report(JsonElement request, TranslationNotes notes)
    {
        if (LooseJson.Count(request, "n") > 1)
            notes.Refuse("n", "Anthropic's API gives one answer a call; 'n' above 1 cannot be asked for.");
        if (IsSent(LooseJson.Member(request, "audio")) || HasOtherThanText(LooseJson.Member(request, "modalities")))
            notes.Refuse(IsSent(LooseJson.Member(request, "audio")) ? "audio" : "modalities", "Anthropic's API answers with text alone; 'audio' and other 'modalities' cannot be asked for.");
        if (IsSent(LooseJson.Member(request, "web_search_options")))
            notes.Refuse("web_search_options", "'web_search_options' are OpenAI's; offer Anthropic's own tool in 'tools': {\"type\": \"web_search_20250305\", \"name\": \"web_search\"}.");
        if (!notes.IsRead)
            return;
        foreach (var member in request.EnumerateObject())
        {
            if (!Carried.Contains(member.Name) && IsSent(member.Value) && !IsNeutral(member))
                notes.Drop(member.Name, member.Value);
        }
    }

    private static bool HasOtherThanText(JsonElement modalities) =>
        modalities.ValueKind == JsonValueKind.Array && modalities.EnumerateArray().Any(static modality => modality.ValueKind == JsonValueKind.String && !modality.ValueEquals("text"));

    /// <summary>It asks for something.</summary>
    private static bool IsSent(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Undefined or JsonValueKind.Null or JsonValueKind.False => false,
        JsonValueKind.Object => value.EnumerateObject().Any(),
        JsonValueKind.Array => value.GetArrayLength() > 0,
        _ => true,
    };

    /// <summary>It asks for what is so anyway.</summary>
    private static bool IsNeutral(JsonProperty member) => member.Value.ValueKind == JsonValueKind.Number && member.Value.GetDouble() switch
    {
        0 => member.Name is "frequency_penalty" or "presence_penalty" or "min_p" or "top_a" or "top_logprobs",
        1 => member.Name is "repetition_penalty",
        _ => false,
    };
}
