using System.Buffers.Binary;
using System.Numerics;

namespace ServerlessRouter.State.Sqlite;

/// <summary>The Castagnoli checksum (RFC 3720, appendix B.4), by the processor's instruction where it has one.</summary>
internal struct Crc32C()
{
    private uint _register = uint.MaxValue;

    public readonly uint Value => ~_register;

    public static uint Compute(ReadOnlySpan<byte> bytes)
    {
        var checksum = new Crc32C();
        checksum.Append(bytes);
        return checksum.Value;
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
            _register = BitOperations.Crc32C(_register, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (var b in bytes)
            _register = BitOperations.Crc32C(_register, b);
    }
}
