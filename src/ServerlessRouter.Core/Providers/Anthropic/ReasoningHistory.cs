using System.Text;
using System.Text.Json;
using ServerlessRouter.Providers.Translation;

namespace ServerlessRouter.Providers.Anthropic;

/// <summary>
/// Reads the thinking of an assistant's message back: <c>thinking_blocks</c> (LiteLLM's form) or <c>reasoning_details</c> (OpenRouter's), whole or as the fragments of a stream that a client put one
/// behind the other. What has no signature was not signed by this vendor, and cannot go up.
/// </summary>
internal sealed class ReasoningHistory
{
    private const string Format = "anthropic-claude-v1";

    private readonly List<Draft> _drafts = [];
    private readonly Dictionary<int, Draft> _ofIndex = [];

    /// <summary>Adds the blocks to <paramref name="blocks"/>, and tells where reasoning had to be left out.</summary>
    public static void Read(JsonElement message, List<AnthropicBlock> blocks, TranslationNotes notes)
    {
        var before = blocks.Count;
        var isWhole = ReadFrom(LooseJson.Member(message, "thinking_blocks"), blocks);
        if (blocks.Count == before)
            isWhole &= ReadFrom(LooseJson.Member(message, "reasoning_details"), blocks);
        if (!isWhole || (blocks.Count == before && HasText(message)))
            notes.Strip("reasoning");
    }

    private static bool HasText(JsonElement message) => LooseJson.Text(message, "reasoning_content") is { Length: > 0 } || LooseJson.Text(message, "reasoning") is { Length: > 0 };

    /// <summary>False when something of it could not be taken.</summary>
    private static bool ReadFrom(JsonElement entries, List<AnthropicBlock> blocks)
    {
        if (entries.ValueKind != JsonValueKind.Array || entries.GetArrayLength() == 0)
            return true;
        var history = new ReasoningHistory();
        var isWhole = true;
        foreach (var entry in entries.EnumerateArray())
            isWhole &= history.Take(entry);
        foreach (var draft in history._drafts)
        {
            if (draft.Signature is not { Length: > 0 } signature)
                isWhole = false;
            else
                blocks.Add(draft.IsRedacted ? new AnthropicBlock.RedactedThinking(signature) : new AnthropicBlock.Thinking(draft.Text.ToString(), signature));
        }

        return isWhole;
    }

    private bool Take(JsonElement entry)
    {
        if (LooseJson.Text(entry, "format") is { } format && format is not (Format or "unknown" or ""))
            return false;
        switch (LooseJson.Text(entry, "type"))
        {
            case "thinking":
                TakeText(entry, LooseJson.Text(entry, "thinking"));
                return true;
            case "reasoning.text":
                TakeText(entry, LooseJson.Text(entry, "text"));
                return true;
            case "redacted_thinking" or "reasoning.encrypted":
                if (LooseJson.Text(entry, "data") is { Length: > 0 } data)
                    _drafts.Add(new Draft { IsRedacted = true, Signature = data });
                return true;
            default:
                return false;
        }
    }

    private void TakeText(JsonElement entry, string? text)
    {
        var signature = LooseJson.Text(entry, "signature");
        var index = LooseJson.Member(entry, "index") is { ValueKind: JsonValueKind.Number } number && number.TryGetInt32(out var value) ? value : (int?)null;
        var draft = Open(index);
        if (draft is null || (draft.Signature is { Length: > 0 } && text is { Length: > 0 } && !draft.Text.Equals(text)))
        {
            draft = new Draft();
            _drafts.Add(draft);
            if (index is { } known)
                _ofIndex[known] = draft;
        }

        if (draft.Signature is not { Length: > 0 })
            draft.Text.Append(text);
        if (signature is { Length: > 0 })
            draft.Signature = signature;
    }

    /// <summary>The block that a fragment goes on with: the last of its index, and without one the last of all.</summary>
    private Draft? Open(int? index)
    {
        if (index is { } known && _ofIndex.TryGetValue(known, out var draft))
            return draft;
        return index is null && _drafts is [.., { IsRedacted: false } last] ? last : null;
    }

    private sealed class Draft
    {
        public bool IsRedacted { get; init; }

        public StringBuilder Text { get; } = new();

        /// <summary>The signature, or what is redacted.</summary>
        public string? Signature { get; set; }
    }
}
