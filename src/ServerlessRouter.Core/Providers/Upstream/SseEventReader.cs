using System.Buffers;
using System.Runtime.CompilerServices;

namespace ServerlessRouter.Providers.Upstream;

/// <summary>
/// Finds server-sent events in a vendor's bytes, however they are chopped: LF, CRLF and CR, comments, several data lines, a byte order mark, an end without a blank line. A
/// body that begins as JSON is read as documents, each of them an event. Its one pooled buffer starts small and grows only as far as an event needs.
/// </summary>
internal sealed class SseEventReader : IDisposable
{
    /// <summary>Nearly every event fits; a larger one makes the buffer grow.</summary>
    public const int InitialBytes = 4 * 1024;

    private static readonly SearchValues<byte> ContinuesJson = SearchValues.Create(" \t{}[]\","u8);

    private const byte LineFeed = (byte)'\n';
    private const byte CarriageReturn = (byte)'\r';
    private const int None = -1;

    // An event cut off at the end of the body gets the two line feeds it lacks.
    private const int LineEndsAtEnd = 2;

    private readonly UpstreamBody _body;
    private byte[]? _buffer = ArrayPool<byte>.Shared.Rent(InitialBytes);
    private int _end;
    private int _eventStart;
    private int _lineStart;
    private int _scanned;
    private int _dataStart = None;
    private int _dataEnd;
    private bool _isPlain = true;
    private bool _isError;
    private bool _isUndecided = true;
    private bool _isBare;
    private int _bareDepth;
    private bool _skipsLineFeed;
    private bool _isAtEnd;
    private volatile bool _isFilling;

    public SseEventReader(UpstreamBody body) => _body = body;

    private static ReadOnlySpan<byte> ByteOrderMark => "\uFEFF"u8;

    /// <summary>The bytes read; offsets of events point into them until the next read.</summary>
    public byte[] Buffer => _buffer ?? throw new ObjectDisposedException(nameof(SseEventReader));

    /// <summary>An event grew beyond what may be read whole: its vendor is broken or hostile.</summary>
    public bool IsTooLarge { get; private set; }

    /// <summary>Forgets the events that were taken and reads more. False at the end of the body, or when an event is too large.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        MakeRoom();
        if (IsTooLarge || _isAtEnd)
            return false;
        _isFilling = true;
        try
        {
            var count = await _body.ReadAsync(Buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false);
            _isAtEnd = count == 0;
            _end += count;
            return !_isAtEnd;
        }
        finally
        {
            _isFilling = false;
        }
    }

    /// <summary>The next complete event with data among the bytes read; at the end of the body also one that lacks its blank line.</summary>
    public bool TryTake(out SseEvent found)
    {
        while (TryEndLine(out var lineEnd, out var next))
        {
            if (_isUndecided)
                Decide(lineEnd);
            if (_isBare)
            {
                if (EndBareLine(lineEnd, next) && EndEvent(out found))
                    return true;
                continue;
            }

            var line = Buffer.AsSpan(_lineStart, lineEnd - _lineStart);
            var isBlank = line.IsEmpty;
            if (next - lineEnd != 1 || (next > 0 && Buffer[next - 1] != LineFeed))
                _isPlain = false;
            if (!isBlank)
                ReadLine(line);
            _lineStart = _scanned = next;
            if (isBlank && EndEvent(out found))
                return true;
        }

        if (_isAtEnd && EndEvent(out found))
            return true;
        found = default;
        return false;
    }

    /// <summary>Moves an event's bytes, normalised to one data line, to <paramref name="destination"/>, which lies at or before it. Answers where they end.</summary>
    public int Keep(in SseEvent kept, int destination)
    {
        var buffer = Buffer;
        if (kept.IsPlain)
        {
            var length = kept.End - kept.Start;
            if (destination != kept.Start)
                buffer.AsSpan(kept.Start, length).CopyTo(buffer.AsSpan(destination));
            return destination + length;
        }

        // Never longer than what was there: every other form spends at least as many bytes on its line ends.
        var hasSpace = kept.DataStart > kept.Start && buffer[kept.DataStart - 1] == ' ';
        var prefix = hasSpace ? "data: "u8 : "data:"u8;
        buffer.AsSpan(kept.DataStart, kept.DataLength).CopyTo(buffer.AsSpan(destination + prefix.Length));
        prefix.CopyTo(buffer.AsSpan(destination));
        var end = destination + prefix.Length + kept.DataLength;
        buffer[end] = buffer[end + 1] = LineFeed;
        return end + 2;
    }

    public void Dispose()
    {
        // A read that is still under way would write into an array that is another's by then.
        if (_buffer is { } pooled && !_isFilling)
            ArrayPool<byte>.Shared.Return(pooled);
        _buffer = null;
        _body.Dispose();
    }

    private bool TryEndLine(out int lineEnd, out int next)
    {
        var buffer = Buffer;
        if (_skipsLineFeed && _lineStart < _end)
        {
            _skipsLineFeed = false;
            if (buffer[_lineStart] == LineFeed)
            {
                if (_eventStart == _lineStart)
                    _eventStart++;
                buffer[_lineStart] = (byte)' ';
                _lineStart = _scanned = _lineStart + 1;
            }
        }

        var offset = buffer.AsSpan(_scanned, _end - _scanned).IndexOfAny(LineFeed, CarriageReturn);
        if (offset < 0)
        {
            _scanned = _end;
            // The last line of a body may lack its end.
            lineEnd = next = _end;
            return _isAtEnd && _lineStart < _end;
        }

        lineEnd = _scanned + offset;
        next = lineEnd + 1;
        if (buffer[lineEnd] == CarriageReturn)
        {
            if (next == _end)
                _skipsLineFeed = true;
            else if (buffer[next] == LineFeed)
                next++;
        }

        return true;
    }

    /// <summary>Takes off a byte order mark, and sees by the first line that says something whether events follow or bare documents.</summary>
    private void Decide(int lineEnd)
    {
        if (_lineStart == 0 && Buffer.AsSpan(0, lineEnd).StartsWith(ByteOrderMark))
            _eventStart = _lineStart = ByteOrderMark.Length;
        var line = Buffer.AsSpan(_lineStart, lineEnd - _lineStart);
        _isUndecided = line.Trim(" \t"u8).IsEmpty;
        _isBare = BareJson.Begins(line);
    }

    /// <summary>Adds a line to the document it is of; whether that is whole now.</summary>
    private bool EndBareLine(int lineEnd, int next)
    {
        var line = Buffer.AsSpan(_lineStart, lineEnd - _lineStart);
        if (_dataStart == None && !line.Trim(" \t"u8).IsEmpty)
            _dataStart = _lineStart;
        _isPlain = false;
        _bareDepth += BareJson.DepthOf(line);
        _dataEnd = lineEnd;
        // Inside a document a line ends where white space may stand; in an event it must not end.
        Buffer.AsSpan(lineEnd, next - lineEnd).Fill((byte)' ');
        _lineStart = _scanned = next;
        return _bareDepth <= 0;
    }

    private void ReadLine(ReadOnlySpan<byte> line)
    {
        if (!line.StartsWith("data"u8) || (line.Length > 4 && line[4] != ':'))
        {
            _isPlain = false;
            if (line.StartsWith("event:"u8))
                _isError |= line["event:"u8.Length..].Trim((byte)' ').SequenceEqual("error"u8);
            else if (line.StartsWith("error:"u8) && line["error:"u8.Length..].TrimStart((byte)' ') is [(byte)'{', ..])
                TakeErrorLine(line.Length);
            else if (_dataStart != None && ContinuesJson.Contains(line[0]))
                AppendData(_lineStart, line.Length);
            return;
        }

        var skipped = line.Length == 4 ? 4 : line.Length > 5 && line[5] == ' ' ? 6 : 5;
        if (line[skipped..].StartsWith("data:"u8))
        {
            // A proxy has put events into events.
            _isPlain = false;
            skipped += line[skipped..] is [_, _, _, _, _, (byte)' ', ..] ? 6 : 5;
        }

        var start = _lineStart + skipped;
        var length = line.Length - skipped;
        if (_dataStart == None)
        {
            (_dataStart, _dataEnd) = (start, start + length);
            return;
        }

        _isPlain = false;
        AppendData(start, length);
    }

    /// <summary>llama.cpp writes <c>error: {…}</c> where others write an event of that name.</summary>
    private void TakeErrorLine(int length)
    {
        _isError = true;
        (_dataStart, _dataEnd) = (_lineStart + "error:"u8.Length, _lineStart + length);
    }

    /// <summary>Inside JSON a line may only break where white space may stand, so a space joins as well as the line feed the standard names.</summary>
    private void AppendData(int start, int length)
    {
        Buffer[_dataEnd++] = (byte)' ';
        Buffer.AsSpan(start, length).CopyTo(Buffer.AsSpan(_dataEnd));
        _dataEnd += length;
    }

    private bool EndEvent(out SseEvent found)
    {
        // An event cut off at the end of the body has no blank line that could go on.
        var hasData = _dataStart != None;
        found = new SseEvent(_eventStart, _lineStart, hasData ? _dataStart : _eventStart, hasData ? _dataEnd - _dataStart : 0, _isPlain && !_isAtEnd)
        {
            IsError = _isError,
            IsBare = _isBare,
        };
        var says = hasData || _isError;
        _eventStart = _lineStart;
        _dataStart = None;
        _bareDepth = 0;
        (_isPlain, _isError) = (true, false);
        return says;
    }

    private void MakeRoom()
    {
        if (_eventStart > 0)
        {
            Buffer.AsSpan(_eventStart, _end - _eventStart).CopyTo(Buffer);
            _end -= _eventStart;
            _lineStart -= _eventStart;
            _scanned -= _eventStart;
            if (_dataStart != None)
                (_dataStart, _dataEnd) = (_dataStart - _eventStart, _dataEnd - _eventStart);
            _eventStart = 0;
        }

        if (_end + LineEndsAtEnd <= Buffer.Length)
            return;
        if (_end >= _body.MaxBytes)
        {
            IsTooLarge = true;
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent(Buffer.Length * 2);
        Buffer.AsSpan(0, _end).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(Buffer);
        _buffer = larger;
    }
}
