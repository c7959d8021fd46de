using System.Buffers;
using System.Text;
using System.Text.Json;
using ServerlessRouter.Chat;
using ServerlessRouter.Json;

namespace ServerlessRouter.Doors.Messages;

/// <summary>
/// Writes the reasoning of chunks as thinking blocks: from <c>reasoning_details</c>, else <c>thinking_blocks</c>, else the text in <c>reasoning_content</c> or <c>reasoning</c>, of which the others are copies.
/// </summary>
internal sealed class StreamThinking(StreamBlocks blocks)
{
    /// <summary>Of thinking that comes as a bare text; vendors count theirs from 0.</summary>
    private const int BareText = -1;

    private static ReadOnlySpan<byte> Before => "{\"type\":\"thinking_delta\",\"thinking\":\""u8;

    private static ReadOnlySpan<byte> After => "\"}"u8;

    public static bool IsIn(in ChunkView chunk) => ChunkView.HasText(chunk.ReasoningContent) || ChunkView.HasText(chunk.Reasoning) || HasEntries(chunk.Details) || HasEntries(chunk.ThinkingBlocks);

    public void Take(in ChunkView chunk, ReadOnlySpan<byte> payload, IBufferWriter<byte> output)
    {
        if (HasEntries(chunk.Details))
        {
            var details = chunk.Details.Value.In(payload);
            // Details of some vendors are nothing but the encrypted part.
            if (details.IndexOf("\"text\""u8) < 0 && details.IndexOf("\"summary\""u8) < 0 && details.IndexOf("\"signature\""u8) < 0)
                TakeField(chunk, payload, output);
            TakeEntries(details, output);
        }
        else if (HasEntries(chunk.ThinkingBlocks))
        {
            TakeEntries(chunk.ThinkingBlocks.Value.In(payload), output);
        }
        else
        {
            TakeField(chunk, payload, output);
        }
    }

    private static bool HasEntries(in JsonMember list) => list is { Kind: JsonTokenType.StartArray, Value.Length: > 2 };

    private void TakeField(in ChunkView chunk, ReadOnlySpan<byte> payload, IBufferWriter<byte> output)
    {
        var isContent = ChunkView.HasText(chunk.ReasoningContent);
        if (!isContent && !ChunkView.HasText(chunk.Reasoning))
            return;
        var block = isContent
            ? blocks.At(output, StreamBlockKind.Thinking, BareText, static key => StreamBlock.OfThinking(key, ThinkingSeal.OfField("reasoning_content")))
            : blocks.At(output, StreamBlockKind.Thinking, BareText, static key => StreamBlock.OfThinking(key, ThinkingSeal.OfField("reasoning")));
        blocks.Add(output, block, Before, ChunkView.Inside(isContent ? chunk.ReasoningContent : chunk.Reasoning, payload), After);
    }

    private void TakeEntries(ReadOnlySpan<byte> entries, IBufferWriter<byte> output)
    {
        var reader = new JsonTokenReader(entries, ChatRequestScanner.MaxDepth);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
            Take(ThinkingEntry.Read(ref reader), entries, output);
    }

    private void Take(in ThinkingEntry entry, ReadOnlySpan<byte> entries, IBufferWriter<byte> output)
    {
        if (entry.IsEncrypted)
        {
            using var whole = JsonDocument.Parse(entry.Whole.In(entries).ToArray(), MessagesDoor.ParseOptions);
            blocks.Begin(output, StreamBlock.OfRedacted(
                entry.IsDetail ? ThinkingSeal.Data(whole.RootElement) : Encoding.UTF8.GetBytes(ElementJson.Text(whole.RootElement, "data"u8) ?? "")));
            return;
        }

        var block = entry.IsDetail
            ? blocks.At(output, StreamBlockKind.Thinking, entry.Index, static key => StreamBlock.OfThinking(key, new ThinkingSeal()))
            : blocks.At(output, StreamBlockKind.Thinking, entry.Index, static key => StreamBlock.OfThinking(key, ThinkingSeal.OfAnthropic()));
        if (ChunkView.HasText(entry.Text))
            blocks.Add(output, block, Before, ChunkView.Inside(entry.Text, entries), After);
        if (!entry.IsDetail)
        {
            if (ChunkView.Text(entry.Signature, entries) is { } signature)
                block.Seal!.Sign(signature);
        }
        else if (entry.TellsMore || !block.IsKnown)
        {
            using var whole = JsonDocument.Parse(entry.Whole.In(entries).ToArray(), MessagesDoor.ParseOptions);
            block.Seal!.Read(whole.RootElement);
            block.IsKnown = true;
        }
    }
}

/// <summary>An entry of <c>reasoning_details</c> or <c>thinking_blocks</c>, or a fragment of one.</summary>
internal struct ThinkingEntry
{
    public JsonRange Whole;
    public JsonMember Text;
    public JsonMember Signature;
    public int Index;
    public bool IsDetail;
    public bool IsEncrypted;

    /// <summary>It says more of the block than a piece of its text.</summary>
    public bool TellsMore;

    /// <summary>From the start of the object to its end.</summary>
    public static ThinkingEntry Read(ref JsonTokenReader reader)
    {
        var entry = default(ThinkingEntry);
        var start = reader.TokenStartIndex;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            entry.ReadMember(ref reader);
        entry.Whole = new JsonRange(start, reader.BytesConsumed - start);
        return entry;
    }

    private void ReadMember(ref JsonTokenReader reader)
    {
        var name = reader.ValueSpan;
        reader.Read();
        var member = new JsonMember(default, new JsonRange(reader.TokenStartIndex, reader.BytesConsumed - reader.TokenStartIndex), reader.TokenType);
        if (name.SequenceEqual("type"u8) && reader.TokenType == JsonTokenType.String)
            (IsDetail, IsEncrypted) = (reader.ValueSpan.StartsWith("reasoning."u8), reader.ValueSpan.SequenceEqual("reasoning.encrypted"u8) || reader.ValueSpan.SequenceEqual("redacted_thinking"u8));
        else if (name.SequenceEqual("text"u8) || name.SequenceEqual("summary"u8) || name.SequenceEqual("thinking"u8))
            Text = member;
        else if (name.SequenceEqual("signature"u8))
            Signature = member;
        else if (name.SequenceEqual("index"u8) && reader.TryGetInt32(out var index))
            Index = index;
        TellsMore |= ChunkView.HasText(member) && (name.SequenceEqual("signature"u8) || name.SequenceEqual("format"u8) || name.SequenceEqual("id"u8));
        reader.Skip();
    }
}
