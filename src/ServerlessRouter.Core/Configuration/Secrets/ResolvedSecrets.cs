using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using ServerlessRouter.Configuration.Validation;
using ServerlessRouter.Configuration.Written;

namespace ServerlessRouter.Configuration.Secrets;

/// <summary>Every secret a configuration refers to, looked up before it is validated.</summary>
internal sealed class ResolvedSecrets
{
    /// <summary>How App Service's own references to secrets begin; an app that reads one as it stands got none.</summary>
    private const string UnresolvedReference = "@Microsoft.KeyVault(";

    private readonly FrozenDictionary<SecretReference, SecretResolution> _resolutions;

    private ResolvedSecrets(FrozenDictionary<SecretReference, SecretResolution> resolutions) => _resolutions = resolutions;

    public SecretResolution this[SecretReference reference] => _resolutions[reference];

    /// <summary>The same for the same secrets under the same references; tells nothing about them.</summary>
    public string Fingerprint()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (reference, resolution) in _resolutions.OrderBy(static entry => entry.Key.ToString(), StringComparer.Ordinal))
            hash.AppendData(Encoding.UTF8.GetBytes($"{reference}\n{resolution.Secret}\n"));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    public static async ValueTask<ResolvedSecrets> ResolveAsync(
        RouterConfig config, IReadOnlyCollection<ISecretResolver> resolvers, CancellationToken cancellationToken)
    {
        var written = config.Providers.Entries().Select(static entry => entry.Value.Credential)
            .Concat(config.Keys.Entries().Select(static entry => entry.Value.Secret))
            .Append(config.Webhooks?.Secret)
            .Concat(config.Providers.Entries().SelectMany(static entry => SecretTexts(entry.Value)).Select(static text => SecretText.Parse(text).Reference?.ToString()));
        var resolutions = new Dictionary<SecretReference, SecretResolution>();
        foreach (var text in written)
        {
            if (SecretReference.Parse(text) is { Scheme: not SecretSchemes.Sha256 } reference && !resolutions.ContainsKey(reference))
                resolutions.Add(reference, await ResolveAsync(reference, resolvers, cancellationToken).ConfigureAwait(false));
        }

        return new ResolvedSecrets(resolutions.ToFrozenDictionary());
    }

    /// <summary>What of a provider may refer to secrets besides its credential.</summary>
    private static IEnumerable<string> SecretTexts(ProviderConfig provider) =>
        provider.Headers.Entries().Concat(provider.Query.Entries()).Select(static entry => entry.Value).Concat(provider.Proxy is { } proxy ? [proxy] : []);

    /// <summary>One secret, or why it cannot be used as a key.</summary>
    public static async ValueTask<SecretResolution> ResolveAsync(SecretReference reference, IReadOnlyCollection<ISecretResolver> resolvers, CancellationToken cancellationToken) =>
        resolvers.FirstOrDefault(resolver => resolver.Scheme == reference.Scheme) is { } resolver
            ? Checked(await resolver.ResolveAsync(reference.Name, cancellationToken).ConfigureAwait(false))
            : SecretResolution.Failed($"this host has no {reference.Scheme}: secrets; use env:NAME");

    // Both would otherwise show only as a refused key, one request at a time.
    private static SecretResolution Checked(SecretResolution resolution) => resolution.Secret switch
    {
        null => resolution,
        var secret when secret.Any(static letter => letter is <= ' ' or > '~') =>
            SecretResolution.Failed("the secret it refers to has white space or other characters that no key has; was a line end copied along?"),
        var secret when secret.StartsWith(UnresolvedReference, StringComparison.OrdinalIgnoreCase) =>
            SecretResolution.Failed("the setting it refers to is a key vault reference that the host could not resolve; write keyvault:NAME here, or see what the portal says about the setting"),
        _ => resolution,
    };
}
