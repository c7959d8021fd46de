using System.Security.Cryptography;
using System.Text;
using ServerlessRouter.Configuration;
using ServerlessRouter.Configuration.Secrets;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Admission;

/// <summary>Lets in the holder of the admin key. It is a key of its own kind: no caller's key opens this gate, and with it no model can be called.</summary>
/// <param name="reference">Where the key is: <c>env:NAME</c>, <c>keyvault:NAME</c> or <c>sha256:HEX</c>. Null: there is none, and the gate stays shut.</param>
/// <param name="resolvers">Look the key up, at every use; what is slow to reach holds what it read.</param>
public sealed class AdminGate(string? reference, IEnumerable<ISecretResolver> resolvers) : IOwnerKey
{
    /// <summary>As many characters as the router asks of secrets that it must not be possible to guess; as letters and digits drawn at random they are 190 bits.</summary>
    public const int MinUnguessableLength = 32;

    private readonly SecretReference? _reference = SecretReference.Parse(reference);
    private readonly ISecretResolver[] _resolvers = [.. resolvers];
    private byte[]? _lastRead;

    /// <summary>The admin who asks, or why it is none.</summary>
    public async ValueTask<AdminFinding> FindAsync(RouterModel router, IRequestHeaders headers, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(router);
        if (CallerKey.Read(headers).FindAdmin(router) is { } named)
            return named;
        if (_reference is null && !HasFurtherAdmins(router))
        {
            return new RouterError(RouterErrorCode.PermissionDenied, reference is null
                ? "This router has no admin key, so it cannot be administered. Its owner gives it one: on one machine with --admin-key env:NAME, on Azure with the app's setting ROUTER_ADMIN_KEY."
                : "What this router was given as its admin key is no reference to one, so it cannot be administered. Its owner writes env:NAME, keyvault:NAME or sha256:HEX.");
        }

        if (Read(router, headers, out var presented) is { } refusal)
            return refusal;
        if (_reference is not { } written)
            return WrongKey;
        var (expected, problem) = await FindHashAsync(written, cancellationToken).ConfigureAwait(false);
        if (expected is null)
            return new RouterError(RouterErrorCode.TemporarilyUnavailable, $"The admin key cannot be looked up: {problem}.");
        _lastRead = expected;
        return CryptographicOperations.FixedTimeEquals(expected, presented) ? AdminModel.Owner : WrongKey;
    }

    private static RouterError WrongKey => new(RouterErrorCode.InvalidApiKey, "The key that was sent is not the admin key of this router.");

    /// <summary>Whether a request carries a key at all.</summary>
    public static bool IsKeySent(IRequestHeaders headers) => !CallerKey.Read(headers).IsMissing;

    /// <summary>The key that a request carries is too long to be found by trying, however fast one may try.</summary>
    public static bool IsBeyondGuessing(IRequestHeaders headers) => CallerKey.Read(headers).Length >= MinUnguessableLength;

    /// <summary>Why the reference leads to no key, for the person who starts the router; null where it does, or where there is none and the gate stays shut.</summary>
    public async ValueTask<string?> FindProblemAsync(CancellationToken cancellationToken)
    {
        if (reference is null)
            return null;
        if (_reference is not { } written)
            return "says where the admin key is, and is not the key itself: write env:NAME with the name of an environment variable, or sha256:HEX of the key";
        return (await FindHashAsync(written, cancellationToken).ConfigureAwait(false)).Problem;
    }

    /// <summary>While callers have no keys, one that is sent can only be meant for this gate, where it has one.</summary>
    public bool IsMeant(RouterModel router, IRequestHeaders headers)
    {
        ArgumentNullException.ThrowIfNull(router);
        return HasAdmins(router) && !router.HasKeys && !CallerKey.Read(headers).IsMissing;
    }

    /// <summary>Whether some key opens it.</summary>
    public bool HasAdmins(RouterModel router)
    {
        ArgumentNullException.ThrowIfNull(router);
        return reference is not null || HasFurtherAdmins(router);
    }

    /// <inheritdoc/>
    public bool Is(ReadOnlySpan<byte> hash)
    {
        if (_reference is not { } written)
            return false;
        // A vault is asked by who comes to this gate alone; what it said last is enough here.
        if (written.Scheme == SecretSchemes.KeyVault)
            return _lastRead is { } read && CryptographicOperations.FixedTimeEquals(read, hash);
        // The other secrets are at hand: the look has ended when it returns, and nothing waits for it.
        var look = FindHashAsync(written, CancellationToken.None);
        return look.IsCompletedSuccessfully && look.Result.Hash is { } expected && CryptographicOperations.FixedTimeEquals(expected, hash);
    }

    private static bool HasFurtherAdmins(RouterModel router) => router.AdminsByKeyHash.Count > 0 || router.Entra is { AdminRoles.Length: > 0 };

    private static RouterError? Read(RouterModel router, IRequestHeaders headers, out byte[] presented)
    {
        presented = [];
        var key = CallerKey.Read(headers);
        if (key.IsMissing)
            return new RouterError(RouterErrorCode.InvalidApiKey, $"The admin key was not sent. {CallerKey.HowToSend}");
        var found = key.Find(router);
        if (found.Problem is not null)
            return CallerIdentity.Unknown(router, found, key);
        if (found.State is KeyState.Known or KeyState.WithoutTier)
            return new RouterError(RouterErrorCode.PermissionDenied, "A caller's key may not administer the router, whatever it is. Send the admin key, which is a key of its own.");
        presented = key.Hash();
        return null;
    }

    private async ValueTask<(byte[]? Hash, string? Problem)> FindHashAsync(SecretReference written, CancellationToken cancellationToken)
    {
        if (written.Scheme == SecretSchemes.Sha256)
            return KeyHash.IsHash(written.Name) ? (Convert.FromHexString(written.Name), null) : (null, "after sha256: must stand the 64 hex digits of its hash");
        var resolution = await ResolvedSecrets.ResolveAsync(written, _resolvers, cancellationToken).ConfigureAwait(false);
        return resolution.Secret is { } secret ? (SHA256.HashData(Encoding.UTF8.GetBytes(secret)), null) : (null, resolution.Problem);
    }
}

/// <summary>The admin who asks, or why it is none.</summary>
public readonly record struct AdminFinding(AdminModel? Admin, RouterError? Error)
{
    public static implicit operator AdminFinding(AdminModel admin) => new(admin, null);

    public static implicit operator AdminFinding(RouterError error) => new(null, error);
}
