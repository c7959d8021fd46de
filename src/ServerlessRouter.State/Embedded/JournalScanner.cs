using Microsoft.Win32.SafeHandles;
using ServerlessRouter.State.Memory;

namespace ServerlessRouter.State.Embedded;

/// <summary>Reads a journal file from its beginning and tells a torn end, which a crash leaves behind, from damage.</summary>
internal sealed class JournalScanner
{
    private const int SearchBytes = 1024 * 1024;

    private readonly SafeFileHandle _file;
    private readonly string _path;
    private readonly long _length;
    private byte[] _payload = new byte[64 * 1024];

    private JournalScanner(SafeFileHandle file, string path)
    {
        _file = file;
        _path = path;
        _length = RandomAccess.GetLength(file);
    }

    /// <exception cref="JournalCorruptedException">A frame is damaged and a good one follows, or the compacted part is incomplete.</exception>
    public static JournalContent Scan(SafeFileHandle file, string path) => new JournalScanner(file, path).Scan();

    private JournalContent Scan()
    {
        var snapshotEnd = ReadHeader();
        var rows = new TableImageBuilder(TableImage.Empty);
        long frames = 0;
        var holdsRemoved = false;
        long offset = JournalFormat.HeaderBytes;
        while (offset < _length && TryReadFrame(offset, out var payload))
        {
            var frame = new FrameReader(payload);
            if (frame.Number != frames + 1)
                throw Corrupted(offset, $"it holds frame {frame.Number} where frame {frames + 1} belongs");

            while (frame.TryRead(out var change))
            {
                rows.Apply(change);
                holdsRemoved |= change.IsRemoval;
            }

            frames++;
            offset += JournalFormat.FrameHeaderBytes + payload.Length;
        }

        if (offset < snapshotEnd)
            throw Corrupted(offset, $"its compacted part should reach to byte {snapshotEnd}");
        if (offset < _length && FindGoodFrame(offset + 1, frames) is { } good)
            throw Corrupted(offset, $"a good frame follows at byte {good}");

        return new JournalContent(rows.Build(0), frames, offset, _length - offset, holdsRemoved);
    }

    private long ReadHeader()
    {
        Span<byte> header = stackalloc byte[JournalFormat.HeaderBytes];
        if (!TryFill(header, 0) || !JournalFormat.TryReadHeader(header, out var snapshotEnd))
            throw Corrupted(0, "it does not begin with this version's header");
        return snapshotEnd;
    }

    private bool TryReadFrame(long offset, out ReadOnlySpan<byte> payload)
    {
        payload = default;
        Span<byte> header = stackalloc byte[JournalFormat.FrameHeaderBytes];
        if (!TryFill(header, offset) || !JournalFormat.TryReadFrameHeader(header, _length - offset, out var length, out var checksum))
            return false;

        if (_payload.Length < length)
            _payload = new byte[length];
        var bytes = _payload.AsSpan(0, length);
        if (!TryFill(bytes, offset + JournalFormat.FrameHeaderBytes) || Crc32C.Compute(bytes) != checksum)
            return false;

        payload = bytes;
        return true;
    }

    private long? FindGoodFrame(long from, long framesBefore)
    {
        var window = new byte[SearchBytes];
        while (_length - from >= JournalFormat.FrameHeaderBytes)
        {
            var bytes = window.AsSpan(0, (int)Math.Min(window.Length, _length - from));
            if (!TryFill(bytes, from))
                return null;

            var found = bytes.IndexOf(JournalFormat.Marker);
            if (found < 0)
            {
                from += bytes.Length - JournalFormat.Marker.Length + 1;
                continue;
            }

            if (TryReadFrame(from + found, out var payload) && new FrameReader(payload).Number > framesBefore)
                return from + found;
            from += found + 1;
        }

        return null;
    }

    private bool TryFill(Span<byte> bytes, long offset)
    {
        while (!bytes.IsEmpty)
        {
            var read = RandomAccess.Read(_file, bytes, offset);
            if (read == 0)
                return false;
            bytes = bytes[read..];
            offset += read;
        }

        return true;
    }

    private JournalCorruptedException Corrupted(long offset, string why) => new(
        $"The journal '{_path}' is damaged at byte {offset} of {_length}: {why}. It was left as it is. Restore it from a backup, move it away to begin " +
        $"empty, or cut it to {offset} bytes to keep what is before the damage and lose what is after.");
}
