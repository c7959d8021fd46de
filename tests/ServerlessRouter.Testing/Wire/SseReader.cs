using System.Text;

namespace ServerlessRouter.Testing.Wire;

/// <summary>Reads server-sent events as strictly as a careful client would: what the format only tolerates is a <see cref="FormatException"/> here.</summary>
public sealed class SseReader(Stream stream) : IAsyncDisposable
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly byte[] _buffer = new byte[4096];
    private readonly List<byte> _line = [];
    private int _start;
    private int _end;
    private bool _isAfterComment;

    /// <summary>The next event or comment; null at a clean end of the stream.</summary>
    public async Task<SseEvent?> ReadAsync(CancellationToken cancellationToken = default)
    {
        string? name = null, id = null;
        StringBuilder? data = null;
        while (await ReadLineAsync(cancellationToken) is { } line)
        {
            var isInsideEvent = name is not null || id is not null || data is not null;
            if (line.Length == 0)
            {
                if (!isInsideEvent && !_isAfterComment)
                    throw new FormatException("A blank line ended an event that had no field.");
                _isAfterComment = false;
                if (!isInsideEvent)
                    continue;
                return new SseEvent(name, data?.ToString(), id);
            }
            if (line[0] == ':')
            {
                if (isInsideEvent)
                    throw new FormatException($"The comment '{line}' stands inside an event.");
                _isAfterComment = true;
                return new SseEvent(Comment: line[1..].Trim());
            }
            _isAfterComment = false;
            var (field, value) = Split(line);
            switch (field)
            {
                case "event":
                    name = value;
                    break;
                case "id":
                    id = value;
                    break;
                case "data":
                    data = data is null ? new StringBuilder(value) : data.Append('\n').Append(value);
                    break;
                case "retry":
                    break;
                default:
                    throw new FormatException($"'{line}' is neither a field of an event nor a comment.");
            }
        }
        return name is null && id is null && data is null
            ? null
            : throw new FormatException($"The stream ended inside an event: event '{name}', data '{data}'.");
    }

    /// <summary>Everything up to the end of the stream.</summary>
    public async Task<IReadOnlyList<SseEvent>> ReadAllAsync(CancellationToken cancellationToken = default)
    {
        var events = new List<SseEvent>();
        while (await ReadAsync(cancellationToken) is { } next)
            events.Add(next);
        return events;
    }

    public ValueTask DisposeAsync() => stream.DisposeAsync();

    private static (string Field, string Value) Split(string line)
    {
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0)
            throw new FormatException($"The line '{line}' has no colon.");
        var value = line.AsSpan(colon + 1);
        return (line[..colon], (value.StartsWith(' ') ? value[1..] : value).ToString());
    }

    private async Task<string?> ReadLineAsync(CancellationToken cancellationToken)
    {
        _line.Clear();
        while (true)
        {
            if (_start == _end)
            {
                _start = 0;
                _end = await Patience.WaitAsync(stream.ReadAsync(_buffer, cancellationToken).AsTask(), static () => "more of the event stream, or its end");
                if (_end == 0)
                    return _line.Count == 0 ? null : throw new FormatException($"The stream ended inside the line '{Encoding.UTF8.GetString([.. _line])}'.");
            }
            var rest = _buffer.AsMemory(_start, _end - _start);
            var newline = rest.Span.IndexOf((byte)'\n');
            var taken = newline < 0 ? rest.Length : newline;
            _line.AddRange(rest.Span[..taken]);
            _start += taken;
            if (newline < 0)
                continue;
            _start++;
            return DecodeLine();
        }
    }

    private string DecodeLine()
    {
        if (_line.Count > 0 && _line[^1] == '\r')
            _line.RemoveAt(_line.Count - 1);
        if (_line.Contains((byte)'\r'))
            throw new FormatException("A line contains a lone carriage return.");
        try
        {
            return StrictUtf8.GetString([.. _line]);
        }
        catch (DecoderFallbackException exception)
        {
            throw new FormatException("A line is not valid UTF-8.", exception);
        }
    }
}
