using System.Buffers.Binary;
using System.Text;
using ServerlessRouter.State.Memory;

namespace ServerlessRouter.State.Embedded;

/// <summary>Reads the row changes of one frame whose checksum has been found good.</summary>
internal ref struct FrameReader
{
    private ReadOnlySpan<byte> _rest;

    public FrameReader(ReadOnlySpan<byte> payload)
    {
        _rest = payload;
        Number = ReadInt64();
    }

    public long Number { get; }

    public bool TryRead(out RowChange change)
    {
        change = default;
        if (_rest.IsEmpty)
            return false;

        var isRemoval = ReadByte() != 0;
        var table = ReadString();
        var row = new TableEntity(ReadString(), ReadString());
        change = new RowChange(table, isRemoval ? row : ReadRow(row), isRemoval);
        return true;
    }

    private TableEntity ReadRow(TableEntity keys)
    {
        var etag = ReadString();
        var timestamp = new DateTimeOffset(ReadInt64(), TimeSpan.Zero);
        var count = ReadInt32();
        var properties = new KeyValuePair<string, TableValue>[count];
        for (var i = 0; i < count; i++)
            properties[i] = new(ReadString(), ReadValue());
        return keys.With(properties).Written(etag, timestamp);
    }

    private TableValue ReadValue() => (TableValueKind)ReadByte() switch
    {
        TableValueKind.String => ReadString(),
        TableValueKind.Boolean => ReadByte() != 0,
        TableValueKind.Int32 => ReadInt32(),
        TableValueKind.Int64 => ReadInt64(),
        TableValueKind.Double => BitConverter.Int64BitsToDouble(ReadInt64()),
        TableValueKind.DateTime => new DateTimeOffset(ReadInt64(), TimeSpan.Zero),
        TableValueKind.Guid => new Guid(ReadBytes()),
        TableValueKind.Binary => TableValue.From(ReadBytes()),
        TableValueKind.None => throw new JournalCorruptedException("A journal frame with a good checksum holds a value without a type."),
    };

    private string ReadString() => Encoding.UTF8.GetString(ReadBytes());

    private ReadOnlySpan<byte> ReadBytes() => Take(ReadInt32());

    private byte ReadByte() => Take(1)[0];

    private int ReadInt32() => BinaryPrimitives.ReadInt32LittleEndian(Take(sizeof(int)));

    private long ReadInt64() => BinaryPrimitives.ReadInt64LittleEndian(Take(sizeof(long)));

    private ReadOnlySpan<byte> Take(int bytes)
    {
        var taken = _rest[..bytes];
        _rest = _rest[bytes..];
        return taken;
    }
}
