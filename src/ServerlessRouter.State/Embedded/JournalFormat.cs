using System.Buffers.Binary;

namespace ServerlessRouter.State.Embedded;

/// <summary>The layout of the journal file; little-endian throughout.</summary>
/// <remarks>
/// <code>
/// file   = header frame*
/// header = "SRJRNL" version(u16) snapshotEnd(i64) crc32c(u32)
/// frame  = marker(u32) length(u32) crc32c(u32) payload
/// payload= number(i64) rowChange*          numbers are consecutive from 1
/// </code>
/// The frames before snapshotEnd are the compacted rows, complete on disk before the file got its name. Each later frame is one write to the disk with all
/// the commits that shared it: a write torn by a crash is always the last frame, and damage before another good frame is always corruption.
/// </remarks>
internal static class JournalFormat
{
    public const int HeaderBytes = 20;
    public const int FrameHeaderBytes = 12;
    public const int FrameNumberBytes = 8;

    /// <summary>Above what any one write can reach: a transaction that merges into 100 rows of 1 MiB each, and the batch it joins.</summary>
    public const int FrameBytes = 256 * 1024 * 1024;

    private const ushort Version = 1;

    public static ReadOnlySpan<byte> Marker => [0xFE, 0x53, 0x52, 0xFF];

    private static ReadOnlySpan<byte> Magic => "SRJRNL"u8;

    public static void WriteHeader(Span<byte> header, long snapshotEnd)
    {
        Magic.CopyTo(header);
        BinaryPrimitives.WriteUInt16LittleEndian(header[6..], Version);
        BinaryPrimitives.WriteInt64LittleEndian(header[8..], snapshotEnd);
        BinaryPrimitives.WriteUInt32LittleEndian(header[16..], Crc32C.Compute(header[..16]));
    }

    public static bool TryReadHeader(ReadOnlySpan<byte> header, out long snapshotEnd)
    {
        snapshotEnd = BinaryPrimitives.ReadInt64LittleEndian(header[8..]);
        return header[..6].SequenceEqual(Magic) &&
            BinaryPrimitives.ReadUInt16LittleEndian(header[6..]) == Version &&
            BinaryPrimitives.ReadUInt32LittleEndian(header[16..]) == Crc32C.Compute(header[..16]);
    }

    /// <summary>Completes a frame whose payload stands behind room for the frame header.</summary>
    public static void WriteFrameHeader(Span<byte> frame)
    {
        var payload = frame[FrameHeaderBytes..];
        Marker.CopyTo(frame);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[4..], (uint)payload.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[8..], Crc32C.Compute(payload));
    }

    /// <summary>Reads a frame header; false when these bytes cannot begin a frame with that much room behind them.</summary>
    public static bool TryReadFrameHeader(ReadOnlySpan<byte> frame, long room, out int length, out uint checksum)
    {
        var stated = BinaryPrimitives.ReadUInt32LittleEndian(frame[4..]);
        checksum = BinaryPrimitives.ReadUInt32LittleEndian(frame[8..]);
        length = (int)Math.Min(stated, FrameBytes);
        return frame[..4].SequenceEqual(Marker) && stated is >= FrameNumberBytes and <= FrameBytes && stated <= room - FrameHeaderBytes;
    }
}
