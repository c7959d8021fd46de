using System.Text;
using System.Text.Json;
using ServerlessRouter.Providers.Translation;

namespace ServerlessRouter.Providers.Anthropic;

/// <summary>The content blocks of a whole message, sorted by what they are to OpenAI's schema.</summary>
internal sealed class AnthropicContent
{
    /// <summary>All text blocks as one text; null when there is none.</summary>
    public string? Text { get; private set; }

    /// <summary>All thinking that can be read; null when there is none.</summary>
    public string? Reasoning { get; private set; }

    /// <summary>Thinking and redacted thinking, in order.</summary>
    public List<JsonElement> Thinking { get; } = [];

    public List<JsonElement> Calls { get; } = [];

    public List<AnthropicCitation> Citations { get; } = [];

    /// <summary>Blocks that OpenAI's schema has no word for.</summary>
    public List<JsonElement> Others { get; } = [];

    /// <summary>From a list of blocks; gateways also send one block, or a bare text.</summary>
    public static AnthropicContent Of(JsonElement content)
    {
        var sorted = new AnthropicContent();
        var text = new JoinedText();
        var reasoning = new JoinedText();
        foreach (var block in BlocksOf(content))
            sorted.Add(block, ref text, ref reasoning);
        sorted.Text = text.Joined;
        sorted.Reasoning = reasoning.Joined;
        return sorted;
    }

    /// <summary>The blocks of a <c>content</c> member, whatever its shape; nulls and empty texts are none.</summary>
    public static IEnumerable<JsonElement> BlocksOf(JsonElement content) => content.ValueKind switch
    {
        JsonValueKind.Array => content.EnumerateArray().Where(static block => block.ValueKind is JsonValueKind.Object or JsonValueKind.String),
        JsonValueKind.Object => [content],
        JsonValueKind.String when LooseJson.Piece(content).Length > 0 => [content],
        _ => [],
    };

    /// <summary>The text of a text block, or a bare text.</summary>
    public static string TextOf(JsonElement block) => block.ValueKind == JsonValueKind.String ? LooseJson.Piece(block) : LooseJson.Piece(block, "text") ?? "";

    /// <summary>The text of a thinking block, or of a delta of one; some gateways call it a text.</summary>
    public static string ThinkingOf(JsonElement block) => LooseJson.Piece(block, "thinking") ?? LooseJson.Piece(block, "text") ?? "";

    private void Add(JsonElement block, ref JoinedText text, ref JoinedText reasoning)
    {
        switch (AnthropicBlockKinds.Of(block))
        {
            case AnthropicBlockKind.Text:
                var start = text.Length;
                text.Append(TextOf(block));
                AddCitations(LooseJson.Member(block, "citations"), start, text.Length);
                break;
            case AnthropicBlockKind.Thinking:
                if (ThinkingOf(block) is { Length: > 0 } thought)
                    reasoning.Append(thought);
                Thinking.Add(block);
                break;
            case AnthropicBlockKind.RedactedThinking:
                Thinking.Add(block);
                break;
            case AnthropicBlockKind.ToolUse:
                Calls.Add(block);
                break;
            case AnthropicBlockKind.Other:
                Others.Add(block);
                break;
        }
    }

    private void AddCitations(JsonElement citations, int start, int end)
    {
        if (citations.ValueKind != JsonValueKind.Array)
            return;
        foreach (var citation in citations.EnumerateArray())
        {
            if (citation.ValueKind == JsonValueKind.Object)
                Citations.Add(AnthropicCitation.Of(citation, start, end));
        }
    }

    /// <summary>Joins texts; most messages have one, which is not copied.</summary>
    private struct JoinedText
    {
        private string? _only;
        private StringBuilder? _several;

        public readonly int Length => _several?.Length ?? _only?.Length ?? 0;

        public readonly string? Joined => _several?.ToString() ?? _only;

        public void Append(string piece)
        {
            if (_only is null)
                _only = piece;
            else
                (_several ??= new StringBuilder(_only)).Append(piece);
        }
    }
}
