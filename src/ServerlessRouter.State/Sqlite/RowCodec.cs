using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;

namespace ServerlessRouter.State.Sqlite;

/// <summary>
/// A row's properties as the bytes of one column: a version, how many, each one's name, kind and value, and at the end a checksum over the whole row, keys and ETag
/// included, which tells a damaged file from a good one. Numbers are little-endian; lengths are 7 bits to a byte, lowest first.
/// </summary>
internal sealed class RowCodec
{
    private const byte Version = 1;
    private const int ChecksumBytes = sizeof(uint);
    private const int GuidBytes = 16;
    private const int InitialBytes = 4 * 1024;

    // A rare large row should not hold its memory for good.
    private const int KeptBytes = 256 * 1024;

    private byte[] _buffer = new byte[InitialBytes];
    private int _length;

    /// <summary>The column of a row that has its ETag and timestamp.</summary>
    public byte[] Write(string table, TableEntity row)
    {
        if (_buffer.Length > KeptBytes)
            _buffer = new byte[InitialBytes];
        _length = 0;
        Take(1)[0] = Version;
        WriteLength(row.Properties.Count);
        foreach (var (name, value) in row.Properties)
        {
            WriteString(name);
            WriteValue(value);
        }

        var checksum = Checksum(table, row.PartitionKey, row.RowKey, row.ETag!, row.Timestamp!.Value.UtcTicks, _buffer.AsSpan(0, _length));
        BinaryPrimitives.WriteUInt32LittleEndian(Take(ChecksumBytes), checksum);
        return _buffer[.._length];
    }

    /// <summary>The row of a column; null when the checksum is not the row's.</summary>
    public static TableEntity? Read(string table, string partitionKey, string rowKey, string etag, long ticks, ReadOnlySpan<byte> column)
    {
        if (column.Length < 2 + ChecksumBytes || column[0] != Version)
            return null;
        var content = column[..^ChecksumBytes];
        if (Checksum(table, partitionKey, rowKey, etag, ticks, content) != BinaryPrimitives.ReadUInt32LittleEndian(column[^ChecksumBytes..]))
            return null;

        var reader = new Reader(content[1..]);
        var properties = ImmutableSortedDictionary.CreateBuilder<string, TableValue>(StringComparer.Ordinal);
        for (var left = reader.ReadLength(); left > 0; left--)
            properties.Add(reader.ReadString(), reader.ReadValue());
        return new TableEntity(partitionKey, rowKey) { Properties = properties.ToImmutable(), ETag = etag, Timestamp = new DateTimeOffset(ticks, TimeSpan.Zero) };
    }

    private static uint Checksum(string table, string partitionKey, string rowKey, string etag, long ticks, ReadOnlySpan<byte> content)
    {
        var checksum = new Crc32C();
        Span<byte> text = stackalloc byte[3 * TableLimits.KeyCharacters];
        foreach (var key in (ReadOnlySpan<string>)[table, partitionKey, rowKey, etag])
        {
            if (!Encoding.UTF8.TryGetBytes(key, text, out var bytes))
                return 0;
            checksum.Append(text[..bytes]);
            checksum.Append([0]);
        }

        BinaryPrimitives.WriteInt64LittleEndian(text, ticks);
        checksum.Append(text[..sizeof(long)]);
        checksum.Append(content);
        return checksum.Value;
    }

    private void WriteValue(in TableValue value)
    {
        Take(1)[0] = (byte)value.Kind;
        switch (value.Kind)
        {
            case TableValueKind.String: WriteString(value.AsString()); break;
            case TableValueKind.Boolean: Take(1)[0] = value.AsBoolean() ? (byte)1 : (byte)0; break;
            case TableValueKind.Int32: BinaryPrimitives.WriteInt32LittleEndian(Take(sizeof(int)), value.AsInt32()); break;
            case TableValueKind.Int64: WriteInt64(value.AsInt64()); break;
            case TableValueKind.Double: WriteInt64(BitConverter.DoubleToInt64Bits(value.AsDouble())); break;
            case TableValueKind.DateTime: WriteInt64(value.AsDateTime().UtcTicks); break;
            case TableValueKind.Guid: value.AsGuid().TryWriteBytes(Take(GuidBytes)); break;
            case TableValueKind.Binary:
                WriteLength(value.AsBinary().Length);
                value.AsBinary().Span.CopyTo(Take(value.AsBinary().Length));
                break;
            case TableValueKind.None: throw new InvalidOperationException("A value without a kind got past the limits.");
        }
    }

    private void WriteString(string text)
    {
        var bytes = Encoding.UTF8.GetByteCount(text);
        WriteLength(bytes);
        Encoding.UTF8.GetBytes(text, Take(bytes));
    }

    private void WriteInt64(long value) => BinaryPrimitives.WriteInt64LittleEndian(Take(sizeof(long)), value);

    private void WriteLength(int length)
    {
        for (; length >= 0x80; length >>= 7)
            Take(1)[0] = (byte)(length | 0x80);
        Take(1)[0] = (byte)length;
    }

    private Span<byte> Take(int bytes)
    {
        if (_buffer.Length - _length < bytes)
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + bytes));
        var taken = _buffer.AsSpan(_length, bytes);
        _length += bytes;
        return taken;
    }

    /// <summary>Reads what has been found good.</summary>
    private ref struct Reader(ReadOnlySpan<byte> rest)
    {
        private ReadOnlySpan<byte> _rest = rest;

        public TableValue ReadValue() => (TableValueKind)Take(1)[0] switch
        {
            TableValueKind.String => ReadString(),
            TableValueKind.Boolean => Take(1)[0] != 0,
            TableValueKind.Int32 => BinaryPrimitives.ReadInt32LittleEndian(Take(sizeof(int))),
            TableValueKind.Int64 => ReadInt64(),
            TableValueKind.Double => BitConverter.Int64BitsToDouble(ReadInt64()),
            TableValueKind.DateTime => new DateTimeOffset(ReadInt64(), TimeSpan.Zero),
            TableValueKind.Guid => new Guid(Take(GuidBytes)),
            TableValueKind.Binary => TableValue.From(Take(ReadLength())),
            TableValueKind.None => throw new InvalidOperationException("A row with a good checksum holds a value without a kind."),
        };

        public string ReadString() => Encoding.UTF8.GetString(Take(ReadLength()));

        public int ReadLength()
        {
            var length = 0;
            for (var shift = 0; ; shift += 7)
            {
                var part = Take(1)[0];
                length |= (part & 0x7F) << shift;
                if (part < 0x80)
                    return length;
            }
        }

        private long ReadInt64() => BinaryPrimitives.ReadInt64LittleEndian(Take(sizeof(long)));

        private ReadOnlySpan<byte> Take(int bytes)
        {
            var taken = _rest[..bytes];
            _rest = _rest[bytes..];
            return taken;
        }
    }
}
