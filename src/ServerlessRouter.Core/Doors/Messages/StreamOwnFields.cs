using System.Buffers;
using System.Text.Json;
using ServerlessRouter.Json;

namespace ServerlessRouter.Doors.Messages;

/// <summary>
/// Writes what Anthropic's own events told and chat chunks carry in <c>provider_specific_fields</c>: blocks of the vendor's own tools with their deltas, citations, and what its end says besides. Other vendors' annotations
/// become citations as well.
/// </summary>
internal sealed class StreamOwnFields(StreamBlocks blocks, StreamEnding ending)
{
    public void TakeBlocks(ReadOnlySpan<byte> fields, IBufferWriter<byte> output)
    {
        using var document = JsonDocument.Parse(fields.ToArray(), MessagesDoor.ParseOptions);
        ending.TakeOwn(document.RootElement);
        if (ElementJson.Member(document.RootElement, "content_blocks"u8) is not { ValueKind: JsonValueKind.Array } list)
            return;
        foreach (var entry in list.EnumerateArray())
            TakeBlock(entry, output);
    }

    public void TakeCitations(in ChunkView chunk, ReadOnlySpan<byte> payload, IBufferWriter<byte> output)
    {
        if (chunk.Others.Kind == JsonTokenType.StartObject)
        {
            using var document = JsonDocument.Parse(chunk.Others.Value.In(payload).ToArray(), MessagesDoor.ParseOptions);
            if (ElementJson.Member(document.RootElement, "citations"u8) is { ValueKind: JsonValueKind.Array } citations)
            {
                foreach (var entry in citations.EnumerateArray())
                {
                    if (ElementJson.Member(entry, "citation"u8) is { ValueKind: JsonValueKind.Object } citation)
                        Cite(ElementJson.Raw(citation), output);
                }

                return;
            }
        }

        if (chunk.Annotations.Kind != JsonTokenType.StartArray)
            return;
        using var annotations = JsonDocument.Parse(chunk.Annotations.Value.In(payload).ToArray(), MessagesDoor.ParseOptions);
        foreach (var annotation in annotations.RootElement.EnumerateArray())
        {
            var citation = new ArrayBufferWriter<byte>();
            using (var writer = new Utf8JsonWriter(citation, MessagesDoor.WriterOptions))
                CitationWriter.Write(writer, annotation);
            if (citation.WrittenCount > 0)
                Cite(citation.WrittenSpan, output);
        }
    }

    /// <summary>As it began, or a delta of it.</summary>
    private void TakeBlock(JsonElement entry, IBufferWriter<byte> output)
    {
        if (entry.ValueKind != JsonValueKind.Object)
            return;
        var key = ElementJson.Count(entry, "index"u8) ?? 0;
        if (ElementJson.Member(entry, "delta"u8) is { ValueKind: JsonValueKind.Object } delta)
        {
            var open = blocks.At(output, StreamBlockKind.Own, key, static key => new StreamBlock(StreamBlockKind.Own, key, "{\"type\":\"unknown\"}"u8.ToArray()));
            blocks.Add(output, open, ElementJson.Raw(delta), default, default);
            return;
        }

        var start = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(start, MessagesDoor.WriterOptions))
        {
            writer.WriteStartObject();
            foreach (var member in entry.EnumerateObject())
            {
                if (member.NameEquals("index"u8))
                    continue;
                writer.WritePropertyName(member.Name);
                writer.WriteRawValue(ElementJson.Raw(member.Value), skipInputValidation: true);
            }

            writer.WriteEndObject();
        }

        blocks.Begin(output, new StreamBlock(StreamBlockKind.Own, key, start.WrittenSpan.ToArray()));
    }

    private void Cite(ReadOnlySpan<byte> citation, IBufferWriter<byte> output)
    {
        var block = blocks.Current(output, StreamBlockKind.Text, static key => StreamBlock.OfText(key));
        blocks.Add(output, block, "{\"type\":\"citations_delta\",\"citation\":"u8, citation, "}"u8);
        // What is said next rests on something else.
        block.IsEnded = true;
    }
}
