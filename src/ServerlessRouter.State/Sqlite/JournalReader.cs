using System.Buffers.Binary;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace ServerlessRouter.State.Sqlite;

/// <summary>Reads the journal that routers up to 0.1 kept their state in: frames of row changes, each with its length, its number and a checksum. A torn end, which a crash leaves behind, is no damage.</summary>
internal sealed class JournalReader
{
    private const ushort Version = 1;
    private const int HeaderBytes = 20;
    private const int FrameHeaderBytes = 12;
    private const int FrameNumberBytes = sizeof(long);
    private const int MaxFrameBytes = 256 * 1024 * 1024;
    private const int SearchBytes = 1024 * 1024;

    private readonly SafeFileHandle _file;
    private readonly string _path;
    private readonly long _length;
    private byte[] _payload = new byte[64 * 1024];

    private JournalReader(SafeFileHandle file, string path)
    {
        _file = file;
        _path = path;
        _length = RandomAccess.GetLength(file);
    }

    private static ReadOnlySpan<byte> Magic => "SRJRNL"u8;

    private static ReadOnlySpan<byte> Marker => [0xFE, 0x53, 0x52, 0xFF];

    /// <summary>Gives every change in order: the table, the row as it is afterwards, and whether it was removed, when it has its keys alone. Returns how many bytes of a torn end were left out.</summary>
    /// <exception cref="StateDamagedException">A frame is damaged and a good one follows, or the compacted part is incomplete.</exception>
    public static long Read(string path, Action<string, TableEntity, bool> change)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        return new JournalReader(file, path).Read(change);
    }

    private long Read(Action<string, TableEntity, bool> change)
    {
        var snapshotEnd = ReadHeader();
        long frames = 0;
        long offset = HeaderBytes;
        while (offset < _length && TryReadFrame(offset, out var payload))
        {
            var frame = new Frame(payload);
            if (frame.Number != frames + 1)
                throw Damaged(offset, $"it holds frame {frame.Number} where frame {frames + 1} belongs");
            while (frame.TryRead(out var table, out var row, out var isRemoval))
                change(table, row, isRemoval);
            frames++;
            offset += FrameHeaderBytes + payload.Length;
        }

        if (offset < snapshotEnd)
            throw Damaged(offset, $"its compacted part should reach to byte {snapshotEnd}");
        if (offset < _length && FindGoodFrame(offset + 1, frames) is { } good)
            throw Damaged(offset, $"a good frame follows at byte {good}");
        return _length - offset;
    }

    private long ReadHeader()
    {
        Span<byte> header = stackalloc byte[HeaderBytes];
        if (!TryFill(header, 0) || !header[..6].SequenceEqual(Magic) || BinaryPrimitives.ReadUInt16LittleEndian(header[6..]) != Version ||
            BinaryPrimitives.ReadUInt32LittleEndian(header[16..]) != Crc32C.Compute(header[..16]))
        {
            throw Damaged(0, "it does not begin with a journal's header");
        }

        return BinaryPrimitives.ReadInt64LittleEndian(header[8..]);
    }

    private bool TryReadFrame(long offset, out ReadOnlySpan<byte> payload)
    {
        payload = default;
        Span<byte> header = stackalloc byte[FrameHeaderBytes];
        if (!TryFill(header, offset) || !header[..4].SequenceEqual(Marker))
            return false;
        var length = BinaryPrimitives.ReadUInt32LittleEndian(header[4..]);
        if (length is < FrameNumberBytes or > MaxFrameBytes || length > _length - offset - FrameHeaderBytes)
            return false;
        if (_payload.Length < length)
            _payload = new byte[length];
        var bytes = _payload.AsSpan(0, (int)length);
        if (!TryFill(bytes, offset + FrameHeaderBytes) || Crc32C.Compute(bytes) != BinaryPrimitives.ReadUInt32LittleEndian(header[8..]))
            return false;

        payload = bytes;
        return true;
    }

    private long? FindGoodFrame(long from, long framesBefore)
    {
        var window = new byte[SearchBytes];
        while (_length - from >= FrameHeaderBytes)
        {
            var bytes = window.AsSpan(0, (int)Math.Min(window.Length, _length - from));
            if (!TryFill(bytes, from))
                return null;

            var found = bytes.IndexOf(Marker);
            if (found < 0)
            {
                from += bytes.Length - Marker.Length + 1;
                continue;
            }

            if (TryReadFrame(from + found, out var payload) && new Frame(payload).Number > framesBefore)
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

    private StateDamagedException Damaged(long offset, string why) => new(
        $"The journal '{_path}' is damaged at byte {offset} of {_length}: {why}. It was left as it is. Restore it from a backup, move it away to begin " +
        $"empty, or cut it to {offset} bytes to keep what is before the damage and lose what is after.");

    /// <summary>Reads the row changes of a frame whose checksum has been found good.</summary>
    private ref struct Frame
    {
        private ReadOnlySpan<byte> _rest;

        public Frame(ReadOnlySpan<byte> payload)
        {
            _rest = payload;
            Number = ReadInt64();
        }

        public long Number { get; }

        public bool TryRead(out string table, out TableEntity row, out bool isRemoval)
        {
            (table, row, isRemoval) = ("", null!, false);
            if (_rest.IsEmpty)
                return false;

            isRemoval = Take(1)[0] != 0;
            table = ReadString();
            row = new TableEntity(ReadString(), ReadString());
            if (!isRemoval)
                row = ReadRow(row);
            return true;
        }

        private TableEntity ReadRow(TableEntity keys)
        {
            var etag = ReadString();
            var timestamp = new DateTimeOffset(ReadInt64(), TimeSpan.Zero);
            var properties = new KeyValuePair<string, TableValue>[ReadInt32()];
            for (var i = 0; i < properties.Length; i++)
                properties[i] = new(ReadString(), ReadValue());
            return keys.With(properties).Written(etag, timestamp);
        }

        private TableValue ReadValue() => (TableValueKind)Take(1)[0] switch
        {
            TableValueKind.String => ReadString(),
            TableValueKind.Boolean => Take(1)[0] != 0,
            TableValueKind.Int32 => ReadInt32(),
            TableValueKind.Int64 => ReadInt64(),
            TableValueKind.Double => BitConverter.Int64BitsToDouble(ReadInt64()),
            TableValueKind.DateTime => new DateTimeOffset(ReadInt64(), TimeSpan.Zero),
            TableValueKind.Guid => new Guid(Take(ReadInt32())),
            TableValueKind.Binary => TableValue.From(Take(ReadInt32())),
            TableValueKind.None => throw new InvalidOperationException("A journal frame with a good checksum holds a value without a kind."),
        };

        private string ReadString() => Encoding.UTF8.GetString(Take(ReadInt32()));

        private int ReadInt32() => BinaryPrimitives.ReadInt32LittleEndian(Take(sizeof(int)));

        private long ReadInt64() => BinaryPrimitives.ReadInt64LittleEndian(Take(sizeof(long)));

        private ReadOnlySpan<byte> Take(int bytes)
        {
            var taken = _rest[..bytes];
            _rest = _rest[bytes..];
            return taken;
        }
    }
}
