using System.Buffers.Binary;
using System.Security.Cryptography;
using ServerlessRouter.Configuration;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Classification;

/// <summary>What a remembered vector is known by. Each caller has its own: whether one is known, which cost and time show, would tell what others have written.</summary>
internal readonly record struct VectorKey(string? Caller, LanguageModel Model, int? Dimensions, UInt128 Hash)
{
    /// <summary>Half of a SHA-256: no two texts with the same can be found.</summary>
    public static VectorKey Of(EmbeddingCall call)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(call.Text.Span, hash);
        return new VectorKey(call.Asker.CallerName, call.Model, call.Dimensions, BinaryPrimitives.ReadUInt128LittleEndian(hash));
    }
}
