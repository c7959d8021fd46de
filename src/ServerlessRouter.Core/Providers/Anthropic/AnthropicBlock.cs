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

        /// <summary>What the caller says of a document beside it; undefined for nothing.</summary>
        public JsonElement Context { get; init; }

        /// <summary>Whether it may be cited; undefined for nothing.</summary>
        public JsonElement Citations { get; init; }
    }

    internal sealed record ToolUse(string Id, string Name, JsonElement Arguments, CallPlace Place) : AnthropicBlock
    {
        /// <summary>The arguments are the free text of a custom tool.</summary>
        public bool IsFreeForm { get; init; }
    }

    internal sealed record ToolResult(string Id, List<AnthropicBlock> Content) : AnthropicBlock
    {
        public bool IsError { get; init; }
    }

    /// <summary>A block in the vendor's own form.</summary>
    internal sealed record Own(JsonElement Block) : AnthropicBlock;

    /// <summary>It may stand before everything else of an assistant's turn.</summary>
    public bool IsThinking => this is Thinking or RedactedThinking;
}

/// <summary>Where an image or document comes from: <paramref name="Type"/> is <c>base64</c>, <c>text</c>, <c>url</c> or <c>file</c>; <paramref name="MediaType"/> is null for the last two.</summary>
internal readonly record struct MediaSource(string Type, string? MediaType, string Data);

/// <summary>Where a call stands in the caller's messages; written out only where it is read. A negative <paramref name="Call"/> is the old <c>function_call</c>.</summary>
internal readonly record struct CallPlace(int Message, int Call)
{
    public override string ToString() => Call < 0 ? $"messages[{Message}].function_call" : $"messages[{Message}].tool_calls[{Call}].function";
}
