using System.Globalization;
using System.Text;
using ServerlessRouter.Json;

namespace ServerlessRouter.Doors.Responses;

/// <summary>One part of a message: a text, or a refusal.</summary>
internal sealed class OutputPart(OutputItem item, int index, bool isRefusal) : IDisposable
{
    private PooledWriter? _annotations;
    private PooledWriter? _logprobs;

    public bool IsRefusal { get; } = isRefusal;

    /// <summary>The members of its events that say where it stands.</summary>
    public byte[] Head { get; } = [.. item.Head, .. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $",\"content_index\":{index}"))];

    public PooledWriter Text { get; } = new(1024);

    public int Annotations { get; private set; }

    /// <summary>The probabilities of its tokens, as items of a list.</summary>
    public ReadOnlySpan<byte> Logprobs => _logprobs is { } known ? known.Written.Span : default;

    public void AddAnnotation(ReadOnlySpan<byte> annotation)
    {
        _annotations ??= new PooledWriter(256);
        if (Annotations++ > 0)
            _annotations.Append(","u8);
        _annotations.Append(annotation);
    }

    /// <summary>Adds items of a list.</summary>
    public void AddLogprobs(ReadOnlySpan<byte> items)
    {
        if (items.IsEmpty)
            return;
        _logprobs ??= new PooledWriter(1024);
        if (_logprobs.Length > 0)
            _logprobs.Append(","u8);
        _logprobs.Append(items);
    }

    public void Write(PooledWriter output, bool isEmpty)
    {
        if (IsRefusal)
        {
            output.Append("{\"type\":\"refusal\",\"refusal\":"u8);
        }
        else
        {
            output.Append("{\"type\":\"output_text\",\"annotations\":["u8);
            if (!isEmpty && _annotations is { } annotations)
                output.Append(annotations.Written.Span);
            output.Append("],\"logprobs\":["u8);
            if (!isEmpty)
                output.Append(Logprobs);
            output.Append("],\"text\":"u8);
        }

        OutputItem.AppendQuoted(output, isEmpty ? default : Text.Written.Span);
        output.Append("}"u8);
    }

    public void Dispose()
    {
        Text.Dispose();
        _annotations?.Dispose();
        _logprobs?.Dispose();
    }
}
