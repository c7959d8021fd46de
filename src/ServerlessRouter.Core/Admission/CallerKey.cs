using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using ServerlessRouter.Configuration;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Admission;

/// <summary>The API key a request carries, in the first of the headers clients use. Only its hash is compared, so timing tells nothing about a key.</summary>
internal readonly ref struct CallerKey
{
    public const string HowToSend = "Send it as 'Authorization: Bearer KEY', 'api-key: KEY' or 'x-api-key: KEY'.";

    private const string Bearer = "Bearer ";
    private const int MaxOnStack = 512;

    private readonly ReadOnlySpan<char> _secret;

    private CallerKey(string header, ReadOnlySpan<char> secret)
    {
        Header = header;
        _secret = secret;
    }

    /// <summary>The header it was found in.</summary>
    public string Header { get; }

    public bool IsMissing => _secret.IsEmpty;

    /// <summary>In characters.</summary>
    public int Length => _secret.Length;

    /// <summary>Reads <c>Authorization: Bearer</c>, then <c>api-key</c> (Azure), then <c>x-api-key</c> (Anthropic).</summary>
    public static CallerKey Read(IRequestHeaders headers)
    {
        var authorization = headers.Get("authorization").AsSpan().Trim();
        if (authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
            return new CallerKey("authorization", authorization[Bearer.Length..].Trim());
        if (headers.Get("api-key") is { Length: > 0 } azureKey)
            return new CallerKey("api-key", azureKey.AsSpan().Trim());
        return new CallerKey("x-api-key", headers.Get("x-api-key").AsSpan().Trim());
    }

    /// <summary>Whose key it is.</summary>
    public KeyFinding Find(RouterModel router)
    {
        if (router.CallersByKeyHash.Count > 0)
        {
            Span<char> hash = stackalloc char[SHA256.HashSizeInBytes * 2];
            WriteHash(hash);
            if (router.CallersByKeyHash.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(hash, out var caller))
                return new KeyFinding(KeyState.Known, caller);
        }

        return router.KeyRing.Find(router, _secret);
    }

    /// <summary>The admin whose it is; null where it is none's.</summary>
    public AdminModel? FindAdmin(RouterModel router)
    {
        if (IsMissing)
            return null;
        return router.AdminsByKeyHash.Count > 0 && router.AdminsByKeyHash.TryGetValue(Convert.ToHexStringLower(Hash()), out var admin)
            ? admin
            : router.KeyRing.FindAdmin(router, _secret);
    }

    /// <summary>Whether it is the key of an admin.</summary>
    public bool IsAdmins(RouterModel router) => FindAdmin(router) is not null || router.OwnerKey?.Is(Hash()) == true;

    /// <summary>The SHA-256 of the key.</summary>
    public byte[] Hash()
    {
        Span<char> hash = stackalloc char[SHA256.HashSizeInBytes * 2];
        WriteHash(hash);
        return Convert.FromHexString(hash);
    }

    private void WriteHash(Span<char> destination)
    {
        var longest = Encoding.UTF8.GetMaxByteCount(_secret.Length);
        var rented = longest > MaxOnStack ? ArrayPool<byte>.Shared.Rent(longest) : null;
        var bytes = rented ?? stackalloc byte[MaxOnStack];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];

        var length = Encoding.UTF8.GetBytes(_secret, bytes);
        SHA256.HashData(bytes[..length], hash);
        Convert.TryToHexStringLower(hash, destination, out _);

        CryptographicOperations.ZeroMemory(bytes[..length]);
        if (rented is not null)
            ArrayPool<byte>.Shared.Return(rented);
    }
}
