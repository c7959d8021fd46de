namespace ServerlessRouter.Configuration.Secrets;

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
