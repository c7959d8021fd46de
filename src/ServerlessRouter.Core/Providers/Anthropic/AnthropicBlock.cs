using System.Text.Json;

namespace ServerlessRouter.Providers.Anthropic;

/// <summary>One content block of a turn, not yet written.</summary>
internal abstract record AnthropicBlock
{
    /// <summary>The prompt cache's mark that goes with it; undefined for none.</summary>
    public JsonElement CacheControl { get; init; }

    internal sealed record Text(string Value) : AnthropicBlock;

    internal sealed record Thinking(string Value, string Signature) : AnthropicBlock;

    internal sealed record RedactedThinking(string Data) : AnthropicBlock;

    /// <summary>An <c>image</c> or a <c>document</c>.</summary>
    internal sealed record Media(string Type, MediaSource Source) : AnthropicBlock
    {
        public string? Title { get; init; }
    }

    internal sealed record ToolUse(string Id, string Name, JsonElement Arguments, CallPlace Place) : AnthropicBlock;

    internal sealed record ToolResult(string Id, List<AnthropicBlock> Content) : AnthropicBlock
    {
        public bool IsError { get; init; }
    }

    /// <summary>A block in the vendor's own form.</summary>
    internal sealed record Own(JsonElement Block) : AnthropicBlock;

    /// <summary>It may stand before everything else of an assistant's turn.</summary>
    public bool IsThinking => this is Thinking or RedactedThinking;
}
