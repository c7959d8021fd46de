using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using ServerlessRouter.Configuration;

namespace ServerlessRouter.Providers.Responses;

/// <summary>
/// Tells whose sealed reasoning is whose. Only the account that sealed it can open it, and every other refuses the whole request, so where a conversation goes on at another its reasoning stays
/// out. The mark stands behind the item's id, which never goes up: callers keep it and send it back as they got it.
/// </summary>
internal static class SealOrigin
{
    private const int Length = 8;
    private const char Before = '.';
    private const string Nameless = "rs";

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789abcdef");

    /// <summary>The mark of a provider's account: of its address, and of where its key is found.</summary>
    public static string Of(ProviderModel provider)
    {
        var account = $"{provider.Endpoint} {(provider.Credential is Credential.ApiKey key ? key.Reference : provider.Credential.ToString())}";
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(account)))[..Length];
    }

    /// <summary>The id with the mark; as it is where there is no mark.</summary>
    public static string? Mark(string? id, string? origin) => origin is null ? id : $"{id ?? Nameless}{Before}{origin}";

    /// <summary>Whether an account may be sent what this id names: its own, and what has no mark.</summary>
    public static bool MayOpen(string? origin, string? id) => origin is null || id is null || !IsMarked(id) || id.EndsWith(origin, StringComparison.Ordinal);

    private static bool IsMarked(string id) => id.Length > Length && id[^(Length + 1)] == Before && id.AsSpan(id.Length - Length).IndexOfAnyExcept(Digits) < 0;
}
