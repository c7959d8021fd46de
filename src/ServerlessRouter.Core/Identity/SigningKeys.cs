using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Tokens;
using ServerlessRouter.Background;
using ServerlessRouter.Configuration;

namespace ServerlessRouter.Identity;

/// <summary>
/// The keys by which an issuer signs its tokens: looked up in the background, kept for a day while the issuer cannot be reached, and looked up again when a token names one that is unknown, not more often than once a minute.
/// </summary>
internal sealed partial class SigningKeys
{
    public const string StepName = "signing keys";

    /// <summary>Issuers announce a key days before they use it.</summary>
    private static readonly TimeSpan MaxAge = TimeSpan.FromHours(6);

    /// <summary>A key that the issuer takes back is not trusted longer, even where the issuer cannot be reached.</summary>
    private static readonly TimeSpan MaxTrust = TimeSpan.FromHours(24);

    private static readonly TimeSpan MinPause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Many times what any issuer tells.</summary>
    private const int MaxDocumentBytes = 512 * 1024;

    private const int MaxKeys = 64;

    private readonly RouterModelSource _models;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _lock = new();

    private KnownKeys? _known;

    // Null: none was tried yet.
    private long? _triedAt;
    private bool _isAsked;

    public SigningKeys(RouterModelSource models, TimeProvider time, ILogger logger)
    {
        (_models, _time, _logger) = (models, time, logger);
        Step = new PeriodicStep(StepName, Interval, Patience * 2, FollowAsync);
    }

    public PeriodicStep Step { get; }

    /// <summary>The keys of the issuer that the configuration names; null while they are not known.</summary>
    public KnownKeys? Of(EntraModel entra) =>
        Volatile.Read(ref _known) is { } known && known.Metadata == entra.Metadata && _time.GetElapsedTime(known.ReadAt) < MaxTrust ? known : null;

    /// <summary>A token names a key that is unknown. True where it may be a new one: it is being looked for.</summary>
    public bool Ask()
    {
        lock (_lock)
        {
            if (_isAsked)
                return true;
            if (!IsRested())
                return false;
            _isAsked = true;
        }

        Step.Wake();
        return true;
    }

    private bool IsRested() => _triedAt is not { } triedAt || _time.GetElapsedTime(triedAt) >= MinPause;

    private ValueTask FollowAsync(CancellationToken cancellationToken)
    {
        if (_models.Current.Entra is not { } entra)
            return ValueTask.CompletedTask;
        var known = Of(entra);
        lock (_lock)
        {
            var isStale = known is not null && _time.GetElapsedTime(known.ReadAt) >= MaxAge && IsRested();
            if (known is not null && !isStale && !_isAsked)
                return ValueTask.CompletedTask;
            _triedAt = _time.GetTimestamp();
        }

        return LookUpAsync(entra, cancellationToken);
    }

    private async ValueTask LookUpAsync(EntraModel entra, CancellationToken cancellationToken)
    {
        try
        {
            var keys = await ReadKeysAsync(entra, cancellationToken).ConfigureAwait(false);
            Volatile.Write(ref _known, new KnownKeys(entra.Metadata, keys, _time.GetTimestamp()));
            LogRead(keys.Count, entra.Issuer);
        }
        finally
        {
            lock (_lock)
                _isAsked = false;
        }
    }

    private static async ValueTask<IReadOnlyList<SecurityKey>> ReadKeysAsync(EntraModel entra, CancellationToken cancellationToken)
    {
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = Patience, MaxResponseContentBufferSize = MaxDocumentBytes };
        using var metadata = JsonDocument.Parse(await client.GetByteArrayAsync(entra.Metadata, cancellationToken).ConfigureAwait(false));
        if (TextOf(metadata.RootElement, "issuer") != entra.Issuer)
            throw new InvalidDataException($"The metadata at {entra.Metadata} is another issuer's than {entra.Issuer}.");
        if (!Uri.TryCreate(TextOf(metadata.RootElement, "jwks_uri"), UriKind.Absolute, out var address) || !(address.Scheme == Uri.UriSchemeHttps || (address.IsLoopback && entra.Metadata.IsLoopback)))
            throw new InvalidDataException($"The metadata at {entra.Metadata} names no https:// address of signing keys.");
        var document = await client.GetStringAsync(address, cancellationToken).ConfigureAwait(false);
        var keys = new JsonWebKeySet(document).GetSigningKeys().Where(IsAsymmetric).Take(MaxKeys).ToList();
        return keys.Count > 0 ? keys : throw new InvalidDataException($"There is no key to check signatures with at {address}.");
    }

    /// <summary>A key that both signs and checks could be taken from what everyone may read.</summary>
    private static bool IsAsymmetric(SecurityKey key) => key is RsaSecurityKey or ECDsaSecurityKey or X509SecurityKey or JsonWebKey { Kty: JsonWebAlgorithmsKeyTypes.RSA or JsonWebAlgorithmsKeyTypes.EllipticCurve };

    private static string? TextOf(JsonElement document, string name) =>
        document.ValueKind == JsonValueKind.Object && document.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    [LoggerMessage(1, LogLevel.Information, "{Count} signing keys of {Issuer} are known")]
    private partial void LogRead(int count, string issuer);
}
