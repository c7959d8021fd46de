using System.Buffers;
using System.Buffers.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ServerlessRouter.Doors.Messages;

/// <summary>
/// The content blocks of a stream, which Anthropic's clients want one behind the other: each starts, has its deltas and stops before the next starts. 1 What goes on with the open block is written at once. 2 What begins another
/// closes it. 3 While a call is open whose arguments are not whole, nothing else is written: other calls of the same answer, and all else, wait for its end.
/// </summary>
internal sealed class StreamBlocks
{
    private readonly List<StreamBlock> _waiting = [];
    private StreamBlock? _open;
    private int _next;

    /// <summary>The block that goes on; made anew where another one is open, or this one has an end.</summary>
    public StreamBlock At(IBufferWriter<byte> output, StreamBlockKind kind, int key, Func<int, StreamBlock> make)
    {
        if (_waiting.Count == 0 && _open is { } open && open.Kind == kind && open.Key == key && !open.IsEnded)
            return open;
        if (_waiting is [.., var last] && last.Kind == kind && last.Key == key && !last.IsEnded)
            return last;
        return Begin(output, make(key));
    }

    /// <summary>Whether what comes next of this kind goes on with a block.</summary>
    public bool IsIn(StreamBlockKind kind) => (_waiting is [.., var waiting] ? waiting : _open) is { IsEnded: false } last && last.Kind == kind;

    /// <summary>The last block of a kind, also where it has an end; made anew where the last one is another.</summary>
    public StreamBlock Current(IBufferWriter<byte> output, StreamBlockKind kind, Func<int, StreamBlock> make)
    {
        var last = _waiting is [.., var waiting] ? waiting : _open;
        return last is { } block && block.Kind == kind ? block : Begin(output, make(0));
    }

    /// <summary>Begins a block: now, or behind those that wait.</summary>
    public StreamBlock Begin(IBufferWriter<byte> output, StreamBlock block)
    {
        if (!TryMakeRoom(output))
            _waiting.Add(block);
        else
            Open(output, block);
        return block;
    }

    /// <summary>Writes a delta of text that stands in a JSON string, escapes and all; or keeps it until the block's turn.</summary>
    public void Add(IBufferWriter<byte> output, StreamBlock block, ReadOnlySpan<byte> before, ReadOnlySpan<byte> raw, ReadOnlySpan<byte> after)
    {
        if (!block.IsWritten && _open is not { IsUnfinished: true })
            Promote(output);
        if (block == _open)
            WriteDelta(output, before, raw, after);
        else if (!block.IsWritten)
            block.Keep(before, raw, after);
    }

    /// <summary>Closes what is open and writes all that waits: nothing can follow that would have to come first.</summary>
    public void Finish(IBufferWriter<byte> output)
    {
        Close(output);
        foreach (var block in _waiting)
        {
            Open(output, block);
            Close(output);
        }

        _waiting.Clear();
    }

    /// <summary>Writes what waited for a call that is whole by now; what comes last stays open.</summary>
    private void Promote(IBufferWriter<byte> output)
    {
        while (_waiting.Count > 0 && _open is not { IsUnfinished: true })
        {
            Close(output);
            OpenNext(output);
        }
    }

    private void OpenNext(IBufferWriter<byte> output)
    {
        var next = _waiting[0];
        _waiting.RemoveAt(0);
        Open(output, next);
    }

    private bool TryMakeRoom(IBufferWriter<byte> output)
    {
        while (true)
        {
            if (_open is { IsUnfinished: true })
                return false;
            Close(output);
            if (_waiting.Count == 0)
                return true;
            OpenNext(output);
        }
    }

    private void Open(IBufferWriter<byte> output, StreamBlock block)
    {
        _open = block;
        block.IsWritten = true;
        Write(output, "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":"u8, ",\"content_block\":"u8, block.Start, default, default);
        foreach (var (before, raw, after) in block.TakeKept())
            WriteDelta(output, before, raw, after);
    }

    private void Close(IBufferWriter<byte> output)
    {
        if (_open is not { } block)
            return;
        if (block.Seal is { } seal && seal.Signature() is { IsEmpty: false } signature)
            WriteDelta(output, "{\"type\":\"signature_delta\",\"signature\":\""u8, JsonEncodedText.Encode(signature, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes, "\"}"u8);
        Write(output, "event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":"u8, default, default, default, default);
        _open = null;
        _next++;
    }

    private void WriteDelta(IBufferWriter<byte> output, ReadOnlySpan<byte> before, ReadOnlySpan<byte> raw, ReadOnlySpan<byte> after) =>
        Write(output, "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":"u8, ",\"delta\":"u8, before, raw, after);

    /// <summary>One event, in one piece of the output.</summary>
    private void Write(IBufferWriter<byte> output, ReadOnlySpan<byte> head, ReadOnlySpan<byte> middle, ReadOnlySpan<byte> before, ReadOnlySpan<byte> raw, ReadOnlySpan<byte> after)
    {
        const int MaxDigits = 11;
        var end = "}\n\n"u8;
        var piece = output.GetSpan(head.Length + MaxDigits + middle.Length + before.Length + raw.Length + after.Length + end.Length);
        var length = Append(piece, 0, head);
        Utf8Formatter.TryFormat(_next, piece[length..], out var digits);
        length = Append(piece, length + digits, middle);
        length = Append(piece, length, before);
        length = Append(piece, length, raw);
        length = Append(piece, length, after);
        output.Advance(Append(piece, length, end));
    }

    private static int Append(Span<byte> piece, int length, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(piece[length..]);
        return length + bytes.Length;
    }
}
