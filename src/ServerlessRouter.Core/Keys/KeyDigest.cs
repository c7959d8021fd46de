using System.Buffers.Binary;
using System.Security.Cryptography;

namespace ServerlessRouter.Keys;

/// <summary>
/// What is kept of an issued key: its HMAC-SHA-256 under a pepper. Who does not know the pepper can neither make a key's digest nor choose one that comes near it, so how long a look-up takes tells nothing.
/// </summary>
internal readonly record struct KeyDigest(ulong First, ulong Second, ulong Third, ulong Fourth)
{
    public const int Bytes = HMACSHA256.HashSizeInBytes;

    /// <summary>Reads 32 bytes.</summary>
    public static KeyDigest Of(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadUInt64LittleEndian(bytes), BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]), BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]), BinaryPrimitives.ReadUInt64LittleEndian(bytes[24..]));

    public byte[] ToArray()
    {
        var bytes = new byte[Bytes];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, First);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(8), Second);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(16), Third);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(24), Fourth);
        return bytes;
    }

    /// <summary>It is as good as drawn at random.</summary>
    public override int GetHashCode() => (int)First;

    /// <summary>Never shown, in no log and no debugger.</summary>
    public override string ToString() => "a digest";
}
