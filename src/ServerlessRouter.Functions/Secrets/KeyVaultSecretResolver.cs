using System.Collections.Concurrent;
using Azure;
using Azure.Identity;
using Azure.Security.KeyVault.Secrets;
using Microsoft.Extensions.Logging;
using ServerlessRouter.Configuration.Secrets;

namespace ServerlessRouter.Functions.Secrets;

/// <summary>
/// Looks secrets up in the app's key vault. A secret that was read is held for <see cref="RefreshInterval"/>, and for as long as the vault cannot be reached; one that was
/// deleted or forbidden is not.
/// </summary>
/// <param name="open">Opens the vault when the first secret is needed; null when the app has none.</param>
/// <param name="time">Says how old what is held is.</param>
/// <param name="logger">Hears of outages.</param>
internal sealed partial class KeyVaultSecretResolver(Func<SecretClient?> open, TimeProvider time, ILogger<KeyVaultSecretResolver> logger) : ISecretResolver
{
    /// <summary>How long a secret is taken as unchanged.</summary>
    public static readonly TimeSpan RefreshInterval = TimeSpan.FromMinutes(5);

    private const int MaxNameLength = 127;

    private readonly Lazy<SecretClient?> _vault = new(open);
    private readonly ConcurrentDictionary<string, HeldSecret> _held = new(StringComparer.OrdinalIgnoreCase);

    public string Scheme => SecretSchemes.KeyVault;

    // No message repeats the name: the secret itself may have been written there.
    public async ValueTask<SecretResolution> ResolveAsync(string name, CancellationToken cancellationToken)
    {
        if (!IsName(name))
            return SecretResolution.Failed("what stands after keyvault: is no name of a secret; names have up to 127 letters, digits and hyphens");
        if (_held.TryGetValue(name, out var held) && time.GetUtcNow() - held.ReadAt < RefreshInterval)
            return SecretResolution.Found(held.Value);
        if (_vault.Value is not { } vault)
            return SecretResolution.Failed($"this app has no key vault; set {KeyVaultConnection.EndpointSetting} to its address");

        try
        {
            var secret = await vault.GetSecretAsync(name, cancellationToken: cancellationToken);
            return Hold(name, secret.Value.Value);
        }
        catch (RequestFailedException refused) when (refused.Status is 403 or 404)
        {
            _held.TryRemove(name, out _);
            return SecretResolution.Failed(refused.Status == 404
                ? "the key vault has no secret of the name it gives"
                : "the key vault refuses it: the secret is disabled, or the app's identity lacks the role Key Vault Secrets User, which takes minutes to count");
        }
        catch (Exception failure) when (IsOutage(failure, cancellationToken))
        {
            LogUnreachable(failure, held is null ? "it is unknown" : "what was last read stays in use");
            return held is null ? SecretResolution.Failed($"the key vault did not answer ({Reason(failure)})") : SecretResolution.Found(held.Value);
        }
    }

    private SecretResolution Hold(string name, string value)
    {
        if (value.Length == 0)
            return SecretResolution.Failed("the secret it refers to is empty");
        _held[name] = new HeldSecret(value, time.GetUtcNow());
        return SecretResolution.Found(value);
    }

    private static bool IsName(string name) => name.Length is > 0 and <= MaxNameLength && name.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter == '-');

    private static bool IsOutage(Exception failure, CancellationToken cancellationToken) => failure switch
    {
        OperationCanceledException => !cancellationToken.IsCancellationRequested,
        // The last is several tries in a row that all failed.
        RequestFailedException or AuthenticationFailedException or IOException or AggregateException => true,
        _ => false,
    };

    private static string Reason(Exception failure) => failure is RequestFailedException { Status: > 0 } refused ? $"{refused.Status} {refused.ErrorCode}" : failure.GetType().Name;

    [LoggerMessage(1, LogLevel.Warning, "The key vault did not answer for a secret; {Consequence}")]
    private partial void LogUnreachable(Exception failure, string consequence);
}
