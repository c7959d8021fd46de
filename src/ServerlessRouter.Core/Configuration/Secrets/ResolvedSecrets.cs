using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using ServerlessRouter.Configuration.Written;

namespace ServerlessRouter.Configuration.Secrets;

/// <summary>Every secret a configuration refers to, looked up before it is validated.</summary>
internal sealed class ResolvedSecrets
{
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
            ? Checked(reference, await resolver.ResolveAsync(reference.Name, cancellationToken).ConfigureAwait(false))
            : SecretResolution.Failed($"this host has no {reference.Scheme}: secrets; use env:NAME");

    // What is wrong with a key would otherwise show only as a refused one, one request at a time.
    private static SecretResolution Checked(SecretReference reference, SecretResolution resolution) =>
        resolution.Secret is { } secret && KeyText.Complaint(secret, reference.Name) is { } complaint
            ? SecretResolution.Failed($"{reference.Spoken} {complaint}")
            : resolution;
}
