namespace ServerlessRouter.Providers.Anthropic;

/// <summary>A call of an assistant's turn, and its result once that is found. <paramref name="id"/> is the one the vendor knows it by.</summary>
internal sealed class ToolCallInHistory(string id)
{
    public string Id { get; } = id;

    public AnthropicBlock.ToolResult? Result { get; set; }
}
