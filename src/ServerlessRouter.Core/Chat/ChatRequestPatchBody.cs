using System.Buffers;
using System.Net;

namespace ServerlessRouter.Chat;

/// <summary>A body made of pieces of the caller's bytes and of what replaces others; written straight to the connection, never put together in memory.</summary>
/// <remarks>It borrows the request's buffer, so the request must outlive the call.</remarks>
internal sealed class ChatRequestPatchBody : HttpContent
{
    // Prefix, model, middle, stream options, rest: what nearly every request comes to.
    private const int UsualPieces = 5;

    private readonly ReadOnlyMemory<byte> _source;
    private ReadOnlyMemory<byte>[] _pieces = new ReadOnlyMemory<byte>[UsualPieces];
    private int _count;
    private int _runStart;
    private int _runEnd;

    public ChatRequestPatchBody(ReadOnlyMemory<byte> source)
    {
        _source = source;
        Headers.TryAddWithoutValidation("Content-Type", "application/json");
    }

    /// <summary>Bytes of all pieces.</summary>
    public long Length { get; private set; }

    /// <summary>Takes over the caller's bytes from <paramref name="start"/> to <paramref name="end"/>; neighbours become one piece.</summary>
    public void Copy(int start, int end)
    {
        if (start == end)
            return;
        if (start != _runEnd || _runStart == _runEnd)
        {
            EndRun();
            _runStart = start;
        }

        _runEnd = end;
    }

    /// <summary>Adds bytes that are not the caller's.</summary>
    public void Insert(ReadOnlyMemory<byte> bytes)
    {
        EndRun();
        Add(bytes);
    }

    /// <summary>No piece follows.</summary>
    public void Complete() => EndRun();

    public void WriteTo(IBufferWriter<byte> writer)
    {
        foreach (var piece in _pieces.AsSpan(0, _count))
            writer.Write(piece.Span);
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        for (var place = 0; place < _count; place++)
            await stream.WriteAsync(_pieces[place], cancellationToken).ConfigureAwait(false);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = Length;
        return true;
    }

    private void EndRun()
    {
        if (_runStart == _runEnd)
            return;
        Add(_source[_runStart.._runEnd]);
        _runStart = _runEnd = 0;
    }

    private void Add(ReadOnlyMemory<byte> piece)
    {
        if (_count == _pieces.Length)
            Array.Resize(ref _pieces, _count * 2);
        _pieces[_count++] = piece;
        Length += piece.Length;
    }
}
