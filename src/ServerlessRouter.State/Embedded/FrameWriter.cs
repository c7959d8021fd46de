using System.Buffers.Binary;
using System.Text;
using ServerlessRouter.State.Memory;

namespace ServerlessRouter.State.Embedded;

/// <summary>Builds one frame of the journal in a buffer that is used again for the next.</summary>
internal sealed class FrameWriter
{
    private const int InitialBytes = 64 * 1024;

    // A rare large frame should not hold its memory for good.
    private const int KeptBytes = 8 * 1024 * 1024;

    private byte[] _buffer = new byte[InitialBytes];

    public int Length { get; private set; }

    public void Begin(long number)
    {
        if (_buffer.Length > KeptBytes)
            _buffer = new byte[InitialBytes];
        Length = JournalFormat.FrameHeaderBytes;
        WriteInt64(number);
    }

    public void Add(in RowChange change)
    {
        WriteByte(change.IsRemoval ? (byte)1 : (byte)0);
        WriteString(change.Table);
        WriteString(change.Row.PartitionKey);
        WriteString(change.Row.RowKey);
        if (change.IsRemoval)
            return;

        WriteString(change.Row.ETag!);
        WriteInt64(change.Row.Timestamp!.Value.UtcTicks);
        WriteInt32(change.Row.Properties.Count);
        foreach (var (name, value) in change.Row.Properties)
        {
            WriteString(name);
            WriteValue(value);
        }
    }

    /// <summary>The finished frame, valid until the next begins.</summary>
    public ReadOnlySpan<byte> Complete()
    {
        var frame = _buffer.AsSpan(0, Length);
        JournalFormat.WriteFrameHeader(frame);
        return frame;
    }

    private void WriteValue(in TableValue value)
    {
        WriteByte((byte)value.Kind);
        switch (value.Kind)
        {
            case TableValueKind.String: WriteString(value.AsString()); break;
            case TableValueKind.Boolean: WriteByte(value.AsBoolean() ? (byte)1 : (byte)0); break;
            case TableValueKind.Int32: WriteInt32(value.AsInt32()); break;
            case TableValueKind.Int64: WriteInt64(value.AsInt64()); break;
            case TableValueKind.Double: WriteInt64(BitConverter.DoubleToInt64Bits(value.AsDouble())); break;
            case TableValueKind.DateTime: WriteInt64(value.AsDateTime().UtcTicks); break;
            case TableValueKind.Guid: WriteBytes(value.AsGuid().ToByteArray()); break;
            case TableValueKind.Binary: WriteBytes(value.AsBinary().Span); break;
            case TableValueKind.None: throw new InvalidOperationException("A value without a kind got past the limits.");
        }
    }

    private void WriteString(string text)
    {
        var bytes = Encoding.UTF8.GetByteCount(text);
        WriteInt32(bytes);
        Encoding.UTF8.GetBytes(text, Take(bytes));
    }

    private void WriteBytes(ReadOnlySpan<byte> bytes)
    {
        WriteInt32(bytes.Length);
        bytes.CopyTo(Take(bytes.Length));
    }

    private void WriteByte(byte value) => Take(1)[0] = value;

    private void WriteInt32(int value) => BinaryPrimitives.WriteInt32LittleEndian(Take(sizeof(int)), value);

    private void WriteInt64(long value) => BinaryPrimitives.WriteInt64LittleEndian(Take(sizeof(long)), value);

    private Span<byte> Take(int bytes)
    {
        if (_buffer.Length - Length < bytes)
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, Length + bytes));
        var taken = _buffer.AsSpan(Length, bytes);
        Length += bytes;
        return taken;
    }
}
