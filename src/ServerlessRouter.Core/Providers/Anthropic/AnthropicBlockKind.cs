using System.Text.Json;
using ServerlessRouter.Providers.Translation;

namespace ServerlessRouter.Providers.Anthropic;

/// <summary>What a content block of Anthropic's is to OpenAI's schema.</summary>
internal enum AnthropicBlockKind
{
    Text,
    Thinking,

    /// <summary>Thinking that the vendor encrypted.</summary>
    RedactedThinking,

    /// <summary>A call of a tool the caller has.</summary>
    ToolUse,

    /// <summary>What OpenAI's schema has no word for: the vendor's own tools and their results, files, compactions, and blocks that came later than this router.</summary>
    Other,
}

/// <summary>Tells the kinds of content blocks apart.</summary>
internal static class AnthropicBlockKinds
{
    /// <summary>By its type; gateways that leave the type out are told by the members. A bare text is a block as well.</summary>
    public static AnthropicBlockKind Of(JsonElement block) => LooseJson.Text(block, "type") switch
    {
        "text" => AnthropicBlockKind.Text,
        "thinking" => AnthropicBlockKind.Thinking,
        "redacted_thinking" => AnthropicBlockKind.RedactedThinking,
        "tool_use" => AnthropicBlockKind.ToolUse,
        null or "" when block.ValueKind == JsonValueKind.String || Has(block, "text") => AnthropicBlockKind.Text,
        null or "" when Has(block, "thinking") => AnthropicBlockKind.Thinking,
        null or "" when Has(block, "name") && Has(block, "input") => AnthropicBlockKind.ToolUse,
        _ => AnthropicBlockKind.Other,
    };

    private static bool Has(JsonElement block, string name) => LooseJson.Member(block, name).ValueKind != JsonValueKind.Undefined;
}
