using System.Security.Cryptography;
using System.Text;
using ServerlessRouter.Configuration.Secrets;

namespace ServerlessRouter.Keys;

/// <summary>A secret of the router's without which the digests of keys are worth nothing.</summary>
internal sealed class KeyPepper
{
    private const int IdDigits = 12;
    private static readonly byte[] IdPurpose = "serverless-router key pepper"u8.ToArray();

    private readonly byte[] _secret;

    public KeyPepper(string secret)
    {
        _secret = Encoding.UTF8.GetBytes(secret);
        Id = Convert.ToHexStringLower(HMACSHA256.HashData(_secret, IdPurpose))[..IdDigits];
    }

    /// <summary>Tells one pepper from another, and nothing about either.</summary>
    public string Id { get; }

    /// <summary>The digest of a key, which is ASCII.</summary>
    public KeyDigest Digest(ReadOnlySpan<char> key)
    {
        Span<byte> text = stackalloc byte[IssuedKeyText.Length];
        Span<byte> digest = stackalloc byte[KeyDigest.Bytes];
        var length = Encoding.ASCII.GetBytes(key, text);
        HMACSHA256.HashData(_secret, text[..length], digest);
        CryptographicOperations.ZeroMemory(text);
        return KeyDigest.Of(digest);
    }
}
