using System.Collections.Frozen;
using ServerlessRouter.Configuration.Validation;
using ServerlessRouter.Configuration.Written;

namespace ServerlessRouter.Configuration.Secrets;

/// <summary>Every secret a configuration refers to, looked up before it is validated.</summary>
internal sealed class ResolvedSecrets
{
    private readonly FrozenDictionary<SecretReference, SecretResolution> _resolutions;

    private ResolvedSecrets(FrozenDictionary<SecretReference, SecretResolution> resolutions) => _resolutions = resolutions;

    public SecretResolution this[SecretReference reference] => _resolutions[reference];

    public static async ValueTask<ResolvedSecrets> ResolveAsync(
        RouterConfig config, IReadOnlyCollection<ISecretResolver> resolvers, CancellationToken cancellationToken)
    {
        var written = config.Providers.Entries().Select(static entry => entry.Value.Credential)
            .Concat(config.Keys.Entries().Select(static entry => entry.Value.Secret));
        var resolutions = new Dictionary<SecretReference, SecretResolution>();
        foreach (var text in written)
        {
            if (SecretReference.Parse(text) is { Scheme: not SecretSchemes.Sha256 } reference && !resolutions.ContainsKey(reference))
                resolutions.Add(reference, Checked(await ResolveAsync(reference, resolvers, cancellationToken).ConfigureAwait(false)));
        }

        return new ResolvedSecrets(resolutions.ToFrozenDictionary());
    }

    private static ValueTask<SecretResolution> ResolveAsync(
        SecretReference reference, IReadOnlyCollection<ISecretResolver> resolvers, CancellationToken cancellationToken) =>
        resolvers.FirstOrDefault(resolver => resolver.Scheme == reference.Scheme) is { } resolver
            ? resolver.ResolveAsync(reference.Name, cancellationToken)
            : ValueTask.FromResult(SecretResolution.Failed($"this host has no {reference.Scheme}: secrets; use env:NAME"));

    // A line end copied along with a key would otherwise show only as a refused header, one request at a time.
    private static SecretResolution Checked(SecretResolution resolution) =>
        resolution.Secret is { } secret && secret.Any(static letter => letter is <= ' ' or > '~')
            ? SecretResolution.Failed("the secret it refers to has white space or other characters that no key has; was a line end copied along?")
            : resolution;
}
