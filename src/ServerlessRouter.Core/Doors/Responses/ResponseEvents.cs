using System.Buffers.Text;
using ServerlessRouter.Json;

namespace ServerlessRouter.Doors.Responses;

/// <summary>Writes the events of a stream: each names its type twice, as OpenAI does, and counts from 0.</summary>
internal sealed class ResponseEvents(PooledWriter output)
{
    private int _sequence;

    /// <summary>An event about the whole response, which the caller writes next and then calls <see cref="End"/>.</summary>
    public void BeginResponse(ReadOnlySpan<byte> type)
    {
        Begin(type);
        output.Append(",\"response\":"u8);
    }

    public void End() => output.Append("}\n\n"u8);

    public void ItemAdded(OutputItem item)
    {
        BeginItem("response.output_item.added"u8, item);
        item.Write(output, isEmpty: true);
        End();
    }

    public void ItemDone(OutputItem item)
    {
        BeginItem("response.output_item.done"u8, item);
        item.Write(output, isEmpty: false);
        End();
    }

    public void PartAdded(OutputPart part) => WritePart("response.content_part.added"u8, part, isEmpty: true);

    public void PartDone(OutputPart part)
    {
        Begin(part.IsRefusal ? "response.refusal.done"u8 : "response.output_text.done"u8);
        output.Append(part.Head);
        Member(part.IsRefusal ? ",\"refusal\":"u8 : ",\"text\":"u8, part.Text.Written.Span);
        if (!part.IsRefusal)
            Logprobs(part.Logprobs);
        End();
        WritePart("response.content_part.done"u8, part, isEmpty: false);
    }

    /// <summary>A piece of a text; <paramref name="logprobs"/> are items of a list.</summary>
    public void TextDelta(OutputPart part, ReadOnlySpan<byte> piece, ReadOnlySpan<byte> logprobs)
    {
        Begin(part.IsRefusal ? "response.refusal.delta"u8 : "response.output_text.delta"u8);
        output.Append(part.Head);
        Member(",\"delta\":"u8, piece);
        if (!part.IsRefusal)
            Logprobs(logprobs);
        End();
    }

    public void AnnotationAdded(OutputPart part, int index, ReadOnlySpan<byte> annotation)
    {
        Begin("response.output_text.annotation.added"u8);
        output.Append(part.Head);
        output.Append(",\"annotation_index\":"u8);
        Number(index);
        output.Append(",\"annotation\":"u8);
        output.Append(annotation);
        End();
    }

    public void SummaryAdded(OutputItem item)
    {
        Begin("response.reasoning_summary_part.added"u8);
        output.Append(item.Head);
        output.Append(",\"summary_index\":0,\"part\":{\"type\":\"summary_text\",\"text\":\"\"}"u8);
        End();
    }

    public void SummaryDelta(OutputItem item, ReadOnlySpan<byte> piece)
    {
        Begin("response.reasoning_summary_text.delta"u8);
        output.Append(item.Head);
        Member(",\"summary_index\":0,\"delta\":"u8, piece);
        End();
    }

    public void SummaryDone(OutputItem item)
    {
        Begin("response.reasoning_summary_text.done"u8);
        output.Append(item.Head);
        Member(",\"summary_index\":0,\"text\":"u8, item.Text.Written.Span);
        End();
        Begin("response.reasoning_summary_part.done"u8);
        output.Append(item.Head);
        Member(",\"summary_index\":0,\"part\":{\"type\":\"summary_text\",\"text\":"u8, item.Text.Written.Span);
        output.Append("}"u8);
        End();
    }

    public void CallDelta(OutputItem item, ReadOnlySpan<byte> piece)
    {
        Begin(item.Kind == OutputKind.CustomCall ? "response.custom_tool_call_input.delta"u8 : "response.function_call_arguments.delta"u8);
        output.Append(item.Head);
        Member(",\"delta\":"u8, piece);
        End();
    }

    public void CallDone(OutputItem item)
    {
        var isCustom = item.Kind == OutputKind.CustomCall;
        Begin(isCustom ? "response.custom_tool_call_input.done"u8 : "response.function_call_arguments.done"u8);
        output.Append(item.Head);
        Member(isCustom ? ",\"input\":"u8 : ",\"arguments\":"u8, item.Text.Written.Span);
        if (!isCustom)
            Member(",\"name\":"u8, item.Name);
        End();
    }

    private void WritePart(ReadOnlySpan<byte> type, OutputPart part, bool isEmpty)
    {
        Begin(type);
        output.Append(part.Head);
        output.Append(",\"part\":"u8);
        part.Write(output, isEmpty);
        End();
    }

    private void BeginItem(ReadOnlySpan<byte> type, OutputItem item)
    {
        Begin(type);
        output.Append(",\"output_index\":"u8);
        Number(item.Index);
        output.Append(",\"item\":"u8);
    }

    private void Begin(ReadOnlySpan<byte> type)
    {
        output.Append("event: "u8);
        output.Append(type);
        output.Append("\ndata: {\"type\":\""u8);
        output.Append(type);
        output.Append("\",\"sequence_number\":"u8);
        Number(_sequence++);
    }

    private void Member(ReadOnlySpan<byte> name, ReadOnlySpan<byte> inside)
    {
        output.Append(name);
        OutputItem.AppendQuoted(output, inside);
    }

    private void Logprobs(ReadOnlySpan<byte> items)
    {
        output.Append(",\"logprobs\":["u8);
        output.Append(items);
        output.Append("]"u8);
    }

    private void Number(int value)
    {
        Utf8Formatter.TryFormat(value, output.GetSpan(11), out var written);
        output.Advance(written);
    }
}
