using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace ServerlessRouter.Logins;

/// <summary>
/// What the cookie of a session holds: 256 bits drawn at random. Everything else follows from it, so that who reads the table of sessions has neither a cookie to send nor the key that was shown at the
/// login: the row stands under the token's hash, and the key in it is encrypted under the token.
/// </summary>
public sealed class LoginToken
{
    private const int Bytes = 32;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    private readonly byte[] _secret;

    private LoginToken(byte[] secret)
    {
        _secret = secret;
        Id = Convert.ToHexStringLower(SHA256.HashData(secret));
        RequestToken = Base64Url.EncodeToString(HMACSHA256.HashData(secret, "router request token"u8));
    }

    /// <summary>What the session is kept under.</summary>
    public string Id { get; }

    /// <summary>What the page sends with everything that changes something; a page from elsewhere can make a browser send the cookie, and does not know this.</summary>
    public string RequestToken { get; }

    /// <summary>A new one.</summary>
    public static LoginToken Draw() => new(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>Reads what a cookie holds; false for what no session has.</summary>
    public static bool TryParse(string? written, [NotNullWhen(true)] out LoginToken? token)
    {
        token = null;
        var secret = new byte[Bytes];
        if (written is null || !Base64Url.IsValid(written, out var length) || length != Bytes || !Base64Url.TryDecodeFromChars(written, secret, out _))
            return false;
        token = new LoginToken(secret);
        return true;
    }

    /// <summary>Whether this is what the page was told to send, in a time that tells nothing of it.</summary>
    public bool IsRequestToken(string? sent) => sent is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(sent), Encoding.UTF8.GetBytes(RequestToken));

    /// <summary>What the cookie holds.</summary>
    public string ToCookie() => Base64Url.EncodeToString(_secret);

    /// <summary>The id alone: a token must not end in a log.</summary>
    public override string ToString() => Id[..8];

    /// <summary>Encrypts a text under the token.</summary>
    internal byte[] Seal(string text)
    {
        var plain = Encoding.UTF8.GetBytes(text);
        var packed = new byte[NonceBytes + TagBytes + plain.Length];
        var nonce = packed.AsSpan(0, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var cipher = Cipher();
        cipher.Encrypt(nonce, plain, packed.AsSpan(NonceBytes + TagBytes), packed.AsSpan(NonceBytes, TagBytes));
        CryptographicOperations.ZeroMemory(plain);
        return packed;
    }

    /// <summary>The text; null where it was not encrypted under this token.</summary>
    internal string? Open(ReadOnlySpan<byte> packed)
    {
        if (packed.Length < NonceBytes + TagBytes)
            return null;
        var plain = new byte[packed.Length - NonceBytes - TagBytes];
        try
        {
            using var cipher = Cipher();
            cipher.Decrypt(packed[..NonceBytes], packed[(NonceBytes + TagBytes)..], packed.Slice(NonceBytes, TagBytes), plain);
            return Encoding.UTF8.GetString(plain);
        }
        catch (CryptographicException)
        {
            return null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    private AesGcm Cipher()
    {
        Span<byte> key = stackalloc byte[Bytes];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, _secret, key, [], "router login key"u8);
        return new AesGcm(key, TagBytes);
    }
}
