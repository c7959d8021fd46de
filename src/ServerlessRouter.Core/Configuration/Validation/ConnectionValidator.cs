using System.Buffers;
using System.Collections.Frozen;
using ServerlessRouter.Configuration.Secrets;
using ServerlessRouter.Configuration.Written;

namespace ServerlessRouter.Configuration.Validation;

/// <summary>Checks proxies, headers and query parameters of providers, without ever repeating their values: each may be a secret.</summary>
internal sealed class ConnectionValidator : IConfigValidator
{
    private const string HashComplaint = "is a hash, which opens nothing; write env:NAME or keyvault:NAME";

    // RFC 9110, section 5.6.2.
    private static readonly SearchValues<char> TokenLetters = SearchValues.Create("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    /// <summary>Headers of the connection and of the body, which only the router can know.</summary>
    private static readonly FrozenSet<string> RouterHeaders = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase, "accept-encoding", "connection", "expect", "host", "keep-alive", "proxy-authorization", "te", "trailer", "transfer-encoding", "upgrade");

    private const string EntraHeader = "authorization";

    private static readonly string[] SecretNameEndings = ["authorization", "cookie", "key", "password", "secret", "token"];

    public void Validate(ValidationContext context)
    {
        foreach (var (name, provider) in context.Config.Providers.Entries())
        {
            var path = ConfigPath.Member("providers", name);
            if (context.KindOf(provider) is { Access: null } local)
                RefuseAll(provider, local, path, context.Findings);
            else
                ValidateConnection(provider, path, context);
        }
    }

    private static void RefuseAll(ProviderConfig provider, ProviderKind kind, string path, Findings findings)
    {
        foreach (var (member, isWritten) in new[] { ("proxy", provider.Proxy is not null), ("headers", provider.Headers is not null), ("query", provider.Query is not null) })
        {
            if (isWritten)
                findings.Error($"{path}.{member}", $"has no meaning for a {kind} provider; leave it out");
        }
    }

    private static void ValidateConnection(ProviderConfig provider, string path, ValidationContext context)
    {
        if (provider.Proxy is { } proxy && ProxyComplaint(proxy, context.Secrets) is { } wrongProxy)
            context.Findings.Error($"{path}.proxy", wrongProxy);
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in provider.Headers.Entries())
        {
            var complaint = names.Add(name) ? HeaderComplaint(provider, context.KindOf(provider)?.Access, name) ?? ValueComplaint(name, value, context.Secrets) : "is written twice; header names do not depend on case";
            if (complaint is not null)
                context.Findings.Error(ConfigPath.Member($"{path}.headers", name), complaint);
        }

        foreach (var (name, value) in provider.Query.Entries())
        {
            var complaint = name == "api-version" && provider.ApiVersion is not null ? "is also written as apiVersion; leave one of them out" : name.Length == 0 ? "has no name" : ValueComplaint(name, value, context.Secrets);
            if (complaint is not null)
                context.Findings.Error(ConfigPath.Member($"{path}.query", name), complaint);
        }
    }

    private static string? ProxyComplaint(string written, ResolvedSecrets secrets) => SecretText.Parse(written) switch
    {
        _ when written == ProxyChoice.NoneName => null,
        _ when written.Trim().Equals(ProxyChoice.NoneName, StringComparison.OrdinalIgnoreCase) => "is written in another way; write none",
        { Reference: null } => ProxyChoice.ParseAddress(written) switch
        {
            null => "is no address of a proxy; write one like http://proxy.example.com:3128 (http, https or socks5), env:NAME, or none",
            { UserInfo.Length: > 0 } => "holds a name or password, which must not stand in the configuration; put the whole address into an environment variable and write env:NAME",
            _ => null,
        },
        { Reference.Scheme: SecretSchemes.Sha256 } => HashComplaint,
        { Before.Length: > 0 } => "has a word before the reference; write env:NAME alone",
        { Reference: { } reference } => secrets[reference] switch
        {
            { Problem: { } problem } => problem,
            { Secret: { } address } when ProxyChoice.ParseAddress(address) is null => "refers to a text that is no address of a proxy, like http://name:password@proxy.example.com:3128",
            _ => null,
        },
    };

    private static string? HeaderComplaint(ProviderConfig provider, ProviderAccess? access, string name)
    {
        if (name.AsSpan().ContainsAnyExcept(TokenLetters))
            return "is no name of a header; it may have letters, digits and '-'";
        if (RouterHeaders.Contains(name) || name.StartsWith("content-", StringComparison.OrdinalIgnoreCase))
            return "belongs to the connection or the body, which the router writes itself; leave it out";
        return provider.Credential is not (null or CredentialNames.None) && name.Equals(CredentialHeader(provider, access), StringComparison.OrdinalIgnoreCase)
            ? "carries the credential already; leave it out, or write \"credential\": \"none\""
            : null;
    }

    /// <summary>The header the router puts the credential into.</summary>
    private static string? CredentialHeader(ProviderConfig provider, ProviderAccess? access) => provider.Credential == CredentialNames.Entra ? EntraHeader : access?.KeyHeader;

    private static string? ValueComplaint(string name, string value, ResolvedSecrets secrets)
    {
        if (value.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            return "has a value with line ends or letters that no header takes; write visible ASCII";
        return SecretText.Parse(value) switch
        {
            { Reference: null } => SecretNameEndings.Any(ending => name.EndsWith(ending, StringComparison.OrdinalIgnoreCase))
                ? "is named like a secret, and secrets must not stand in the configuration; write env:NAME, keyvault:NAME, or a word before one, like Bearer env:NAME"
                : null,
            { Reference.Scheme: SecretSchemes.Sha256 } => HashComplaint,
            { Reference: { } reference } => secrets[reference].Problem,
        };
    }
}
