using System.Security.Cryptography;
using System.Text;

namespace ServerlessRouter.Configuration.Secrets;

/// <summary>How callers' keys are kept: as the SHA-256 of their UTF-8 bytes in lower-case hex.</summary>
public static class KeyHash
{
    private const int HexDigits = 64;

    /// <summary>The hash of a key as a caller sends it.</summary>
    public static string Of(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    internal static string Of(string reference, ResolvedSecrets secrets) => SecretReference.Parse(reference)!.Value switch
    {
        { Scheme: SecretSchemes.Sha256 } hash => hash.Name.ToLowerInvariant(),
        var written => Of(secrets[written].Secret!),
    };

    internal static bool IsHash(string text) => text.Length == HexDigits && text.All(char.IsAsciiHexDigit);
}
