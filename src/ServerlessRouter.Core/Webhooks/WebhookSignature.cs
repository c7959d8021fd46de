using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ServerlessRouter.Webhooks;

/// <summary>How messages are signed, as Standard Webhooks says.</summary>
internal static class WebhookSignature
{
    public const string IdHeader = "webhook-id";
    public const string TimestampHeader = "webhook-timestamp";
    public const string SignatureHeader = "webhook-signature";

    /// <summary><c>v1,</c> and the base64 of the HMAC-SHA256 over <c>id.timestamp.body</c>.</summary>
    public static string Sign(string id, long timestamp, ReadOnlySpan<byte> body, ReadOnlySpan<byte> secret)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, secret);
        hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{timestamp}.")));
        hash.AppendData(body);
        return $"v1,{Convert.ToBase64String(hash.GetHashAndReset())}";
    }
}
