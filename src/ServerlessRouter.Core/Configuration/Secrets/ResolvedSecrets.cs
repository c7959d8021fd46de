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
            .Concat(config.AdminKeys.Entries().Select(static entry => entry.Value.Secret))
            .Append(config.Webhooks?.Secret)
            .Concat((config.Alerts?.Webhooks).Entries().Select(static entry => entry.Value.Url))
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

/// <summary>A written value whose last word may refer to a secret: <c>env:NAME</c>, or <c>Bearer env:NAME</c>.</summary>
/// <param name="Before">What stands before the reference; the whole text where there is none.</param>
/// <param name="Reference">Where the rest is.</param>
internal readonly record struct SecretText(string Before, SecretReference? Reference)
{
    public static SecretText Parse(string text)
    {
        var lastWord = text.LastIndexOf(' ') + 1;
        return SecretReference.Parse(text[lastWord..]) is { } reference ? new SecretText(text[..lastWord], reference) : new SecretText(text, null);
    }

    /// <summary>The value itself; its secret was found.</summary>
    public string Resolve(ResolvedSecrets secrets) => Reference is { } reference ? Before + secrets[reference].Secret : Before;
}

/// <summary>Says why a text cannot be a key, as most often happens between an env file and a process.</summary>
internal static class KeyText
{
    /// <summary>How App Service's own references to secrets begin; an app that reads one as it stands got none.</summary>
    private const string UnresolvedReference = "@Microsoft.KeyVault(";

    private const string AuthorizationScheme = "Bearer ";
    private const string Quotes = "\"'`\u201C\u201D\u2018\u2019";

    /// <summary>Goes on from "the environment variable NAME"; null when the text may be a key. Never repeats any of it.</summary>
    public static string? Complaint(string secret, string name) => secret switch
    {
        _ when string.IsNullOrWhiteSpace(secret) => "is blank",
        [var first, .., var last] when Quotes.Contains(first) && Quotes.Contains(last) => "has quotes around its value; write the key alone (env files of Docker and systemd units keep the quotes)",
        [var first, ..] when Quotes.Contains(first) => "begins with a quote; write the key alone",
        [.., var last] when Quotes.Contains(last) => "ends with a quote; write the key alone",
        _ when secret.StartsWith($"{name}=", StringComparison.Ordinal) => "repeats its own name and '=' in its value; write the key alone",
        _ when secret.StartsWith(AuthorizationScheme, StringComparison.OrdinalIgnoreCase) => "begins with 'Bearer', which the router adds itself; write the key alone",
        _ when secret.StartsWith(UnresolvedReference, StringComparison.OrdinalIgnoreCase) =>
            "is a key vault reference that the host could not resolve; write keyvault:NAME here, or see what the portal says about the setting",
        [.., '\n' or '\r'] => "ends with a line end; was it copied along?",
        _ when secret.AsSpan().ContainsAny('\n', '\r') => "has a line end inside; is it several lines?",
        _ when secret.Length != secret.Trim().Length => "has white space around its value; write the key alone",
        _ when secret.Any(char.IsWhiteSpace) => "has white space inside, which no key has",
        _ when secret.Any(char.IsControl) => "has a control character inside, which no key has",
        _ when secret.Any(static letter => letter > '~') => "has a character outside ASCII, which no key has; was it copied from a formatted text?",
        _ => null,
    };
}
