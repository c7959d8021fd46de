using System.Text;
using System.Text.Json;
using ServerlessRouter.Providers.Translation;

namespace ServerlessRouter.Providers.Anthropic;

/// <summary>Anthropic's words in OpenAI's.</summary>
internal static class AnthropicVocabulary
{
    /// <summary>The arguments of a call without any.</summary>
    public const string NoArguments = "{}";

    /// <summary>
    /// A stop reason as a finish reason; gateways also send OpenAI's words, Bedrock's, or none. A turn that ended of itself with tool calls in it ended for them.
    /// </summary>
    public static string FinishReason(string? stopReason, bool hasCalls) => stopReason switch
    {
        "max_tokens" or "model_context_window_exceeded" or "length" => "length",
        "tool_use" or "tool_calls" => "tool_calls",
        "refusal" or "content_filter" or "content_filtered" or "guardrail_intervened" => "content_filter",
        "stop_sequence" or "pause_turn" or "compaction" => "stop",
        _ => hasCalls ? "tool_calls" : "stop",
    };

    /// <summary>Why a message, or the delta that ends one, stopped; null for no reason, which gateways also write as a text.</summary>
    public static string? StopReason(JsonElement ended) => Said(LooseJson.Text(ended, "stop_reason"));

    /// <summary>The same of the value as it stands; null also where it has escapes.</summary>
    public static string? StopReason(ReadOnlySpan<byte> json) => json is [(byte)'"', .. var reason, (byte)'"'] && !reason.Contains((byte)'\\') ? Said(Encoding.UTF8.GetString(reason)) : null;

    /// <summary>Gateways that fail in the middle of an answer end it for this reason.</summary>
    public static bool IsError(string? stopReason) => stopReason == "error";

    /// <summary>The arguments of a tool call as OpenAI writes them: a JSON text. None, null and an empty text are an empty object.</summary>
    public static string Arguments(JsonElement input) => input.ValueKind switch
    {
        JsonValueKind.Undefined or JsonValueKind.Null => NoArguments,
        JsonValueKind.String => LooseJson.Piece(input) is var text && !string.IsNullOrWhiteSpace(text) ? text : NoArguments,
        _ => LooseJson.Raw(input),
    };

    /// <summary>Why the vendor refused, where it refused and says why; <paramref name="ended"/> has the stop details, a message or the delta that ends one.</summary>
    public static string? Refusal(string? stopReason, JsonElement ended) =>
        stopReason is "refusal" && LooseJson.Text(LooseJson.Member(ended, "stop_details"), "explanation") is { Length: > 0 } explanation ? explanation : null;

    private static string? Said(string? reason) => reason is null or "" or "null" or "none" ? null : reason;
}
