using System.Collections.Frozen;
using System.Text;

namespace ServerlessRouter.Configuration;

/// <summary>How the ends of jobs are told.</summary>
public sealed class WebhookModel
{
    private const string EncodedPrefix = "whsec_";

    /// <summary>No callback is accepted.</summary>
    public static readonly WebhookModel None = new(null, FrozenSet<string>.Empty);

    private readonly byte[]? _secret;

    /// <summary>A secret in Standard Webhooks' form (<c>whsec_</c> and base64) is decoded, any other is taken as it is.</summary>
    public WebhookModel(string? secret, FrozenSet<string> privateHosts)
    {
        _secret = secret is null ? null : Decode(secret);
        PrivateHosts = privateHosts;
    }

    /// <summary>There is a secret to sign with.</summary>
    public bool IsOn => _secret is not null;

    /// <summary>Where budgets that run out are told; null for nowhere.</summary>
    public string? Budgets { get; init; }

    /// <summary>The key of the signature.</summary>
    public ReadOnlySpan<byte> Secret => _secret;

    /// <summary>Hosts that need be neither public nor https; names are compared without case.</summary>
    public FrozenSet<string> PrivateHosts { get; }

    private static byte[] Decode(string secret)
    {
        var decoded = new byte[secret.Length];
        return secret.StartsWith(EncodedPrefix, StringComparison.Ordinal) && Convert.TryFromBase64String(secret[EncodedPrefix.Length..], decoded, out var length) && length > 0
            ? decoded[..length]
            : Encoding.UTF8.GetBytes(secret);
    }
}
