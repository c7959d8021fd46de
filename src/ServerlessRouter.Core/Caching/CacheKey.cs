using System.Buffers.Binary;

namespace ServerlessRouter.Caching;

/// <summary>Names a request among those that may share an answer: SHA-256 of all that the answer depends on.</summary>
internal readonly record struct CacheKey(ulong First, ulong Second, ulong Third, ulong Fourth)
{
    public static CacheKey Of(ReadOnlySpan<byte> hash) => new(
        BinaryPrimitives.ReadUInt64BigEndian(hash), BinaryPrimitives.ReadUInt64BigEndian(hash[8..]), BinaryPrimitives.ReadUInt64BigEndian(hash[16..]), BinaryPrimitives.ReadUInt64BigEndian(hash[24..]));

    /// <summary>64 digits in lower case.</summary>
    public string ToHex() => $"{First:x16}{Second:x16}{Third:x16}{Fourth:x16}";

    /// <summary>A hash is as even as can be, so a part of it does.</summary>
    public override int GetHashCode() => (int)First;
}
