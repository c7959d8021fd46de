namespace ServerlessRouter.Providers.Anthropic;

/// <summary>What one side says until the other speaks; the vendor wants the two sides in turn.</summary>
internal sealed class AnthropicTurn(bool isAssistant)
{
    public bool IsAssistant { get; } = isAssistant;

    public List<AnthropicBlock> Blocks { get; } = new(2);

    /// <summary>The results of an assistant's calls, in the order of the calls; null without calls.</summary>
    public List<ToolCallInHistory>? Calls { get; set; }

    public bool HasResults => !IsAssistant && Blocks is [AnthropicBlock.ToolResult, ..];
}

/// <summary>A call of an assistant's turn, and its result once that is found. <paramref name="id"/> is the one the vendor knows it by.</summary>
internal sealed class ToolCallInHistory(string id)
{
    public string Id { get; } = id;

    public AnthropicBlock.ToolResult? Result { get; set; }
}
