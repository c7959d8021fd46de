using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using ServerlessRouter.Domain;
using ServerlessRouter.Json;

namespace ServerlessRouter.Chat;

/// <summary>A whole answer in OpenAI's schema: the vendor's bytes, and what was read from them.</summary>
public sealed class ChatAnswer : IDisposable
{
    private byte[]? _pooled;

    /// <summary>Takes over <paramref name="pooled"/>, an array of <see cref="ArrayPool{T}.Shared"/>.</summary>
    public ChatAnswer(byte[] pooled, int length)
    {
        _pooled = pooled;
        Body = pooled.AsMemory(0, length);
    }

    /// <summary>One JSON object.</summary>
    public ReadOnlyMemory<byte> Body { get; }

    /// <summary>What the body is written in: another than chat completions where a vendor's own answer is passed on to a caller who speaks its schema.</summary>
    public WireSchema Schema { get; init; }

    /// <summary>Usage the vendor sent; null when it sent none.</summary>
    public TokenUsage? Usage { get; init; }

    /// <summary>Where the value of the top-level <c>usage</c> stands, when it is an object; empty otherwise.</summary>
    public JsonRange UsageRange { get; init; }

    /// <summary>UTF-8 bytes of content, reasoning and tool arguments, from which usage is estimated when the vendor sends none.</summary>
    public long ContentBytes { get; init; }

    /// <summary>The first choice's <c>finish_reason</c>.</summary>
    public string? FinishReason { get; init; }

    /// <summary>Set for an answer that was seen to be one choice with a text, which came to its proper end; null for others, and where no one looked.</summary>
    internal UsualAnswer? Usual { get; init; }

    /// <summary>The same answer with another end behind its first <paramref name="kept"/> bytes, in its own buffer where that has the room; this one is done then.</summary>
    internal ChatAnswer WithTail(int kept, PooledWriter tail)
    {
        var length = kept + tail.Length;
        if (kept == 0)
            return With(tail.Detach(), length);
        if (_pooled is not { } pooled || pooled.Length < length)
        {
            pooled = ArrayPool<byte>.Shared.Rent(length);
            Body.Span[..kept].CopyTo(pooled);
        }
        else
        {
            _pooled = null;
        }

        tail.Written.Span.CopyTo(pooled.AsSpan(kept));
        return With(pooled, length);
    }

    /// <summary>The same answer with another text in place of the string at <paramref name="replaced"/>; this one is done then.</summary>
    internal ChatAnswer WithString(JsonRange replaced, ReadOnlySpan<byte> text)
    {
        using var output = new PooledWriter(Body.Length + text.Length);
        output.Append(Body.Span[..replaced.Start]);
        output.Append("\""u8);
        output.Append(JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes);
        output.Append("\""u8);
        output.Append(Body.Span[replaced.End..]);
        var length = output.Length;
        var usage = UsageRange.Start < replaced.Start ? UsageRange : UsageRange with { Start = UsageRange.Start + length - Body.Length };
        Dispose();
        return new ChatAnswer(output.Detach(), length) { Schema = Schema, Usage = Usage, UsageRange = usage, ContentBytes = ContentBytes, FinishReason = FinishReason };
    }

    /// <summary>The same answer with other figures than its text tells; this one is done then.</summary>
    internal ChatAnswer WithUsage(in TokenUsage usage) => new(Interlocked.Exchange(ref _pooled, null)!, Body.Length)
    {
        Schema = Schema,
        Usage = usage,
        UsageRange = UsageRange,
        ContentBytes = ContentBytes,
        FinishReason = FinishReason,
        Usual = Usual,
    };

    private ChatAnswer With(byte[] pooled, int length) => new(pooled, length) { Schema = Schema, Usage = Usage, ContentBytes = ContentBytes, FinishReason = FinishReason };

    /// <summary>Gives the buffer back; <see cref="Body"/> must not be read after.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _pooled, null) is { } pooled)
            ArrayPool<byte>.Shared.Return(pooled);
    }
}
