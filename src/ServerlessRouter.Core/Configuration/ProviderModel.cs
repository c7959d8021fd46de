using System.Collections.Immutable;

namespace ServerlessRouter.Configuration;

/// <summary>A vendor API the router may call.</summary>
public sealed record ProviderModel
{
    public required string Name { get; init; }

    /// <summary>What is particular to its vendor's API.</summary>
    public required ProviderKind Kind { get; init; }

    /// <summary>Base address, always with a trailing slash; null where the kind needs none.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>How the router proves who it is.</summary>
    public required Credential Credential { get; init; }

    /// <summary>For example <c>eastus2</c>; the base slug of region matches is <see cref="Name"/>.</summary>
    public string? Region { get; init; }

    /// <summary>The <c>api-version</c> of Azure's deployment paths; null calls the <c>/openai/v1</c> surface.</summary>
    public string? ApiVersion { get; init; }

    /// <summary>The vendor has OpenAI's Responses API beside chat completions.</summary>
    public bool HasResponses { get; init; }

    /// <summary>The vendor keeps or trains on prompts, so a request with <c>data_collection: deny</c> must not go there.</summary>
    public bool CollectsData { get; init; }

    /// <summary>The vendor keeps nothing at all (<c>zdr</c>).</summary>
    public bool HasZeroDataRetention { get; init; }

    /// <summary>How its calls leave this machine.</summary>
    public ProxyChoice Proxy { get; init; } = ProxyChoice.FromEnvironment.Instance;

    /// <summary>What is sent with every call besides what the router sends; replaces the router's own header of the same name.</summary>
    public ProviderAdditions Additions { get; init; } = ProviderAdditions.None;

    /// <summary>How a kind that makes its answers up behaves; null for every other kind.</summary>
    public SimulationModel? Simulation { get; init; }

    /// <summary>Everything that goes up with a call and no other may read: the key, and what an owner adds that may be one. Worked out anew each time.</summary>
    public IReadOnlyList<string> Secrets()
    {
        var secrets = new List<string>();
        if (Credential is Credential.ApiKey key)
            secrets.Add(key.Secret);
        foreach (var (_, value) in Additions.Headers)
            AddLastWord(secrets, value);
        foreach (var pair in (Additions.Query + "&" + Endpoint?.Query.TrimStart('?')).Split('&'))
            AddLastWord(secrets, Uri.UnescapeDataString(pair[(pair.IndexOf('=', StringComparison.Ordinal) + 1)..]));
        if (Proxy is ProxyChoice.At { Address.UserInfo: { Length: > 0 } user })
            AddLastWord(secrets, Uri.UnescapeDataString(user[(user.IndexOf(':', StringComparison.Ordinal) + 1)..]));
        return secrets;
    }

    // Behind the scheme, as in "Bearer …"; what is as short as a name or a version is none.
    private static void AddLastWord(List<string> secrets, string value)
    {
        const int MinLength = 12;
        if (value[(value.LastIndexOf(' ') + 1)..] is { Length: >= MinLength } word)
            secrets.Add(word);
    }
}

/// <summary>The values of <c>providers.*.credential</c> that are not references to a secret.</summary>
public static class CredentialNames
{
    /// <summary>No credential is sent.</summary>
    public const string None = "none";

    /// <summary>The host's own Entra identity.</summary>
    public const string Entra = "entra";
}

/// <summary>What an owner adds to every call of a provider. Values may be secrets, so they are never printed.</summary>
/// <param name="Headers">Name and value, in the order written.</param>
/// <param name="Query">Escaped, without a question mark; empty when there is none.</param>
public sealed record ProviderAdditions(ImmutableArray<KeyValuePair<string, string>> Headers, string Query)
{
    /// <summary>Nothing is added.</summary>
    public static readonly ProviderAdditions None = new([], "");

    public override string ToString() => $"{Headers.Length} headers";

    /// <summary>The address with the query behind what it already asks.</summary>
    public Uri AddTo(Uri address) =>
        Query.Length == 0 ? address : new UriBuilder(address) { Query = address.Query.Length > 1 ? $"{address.Query[1..]}&{Query}" : Query }.Uri;
}

/// <summary>How a provider is authenticated. The secret is resolved when the configuration is loaded and never printed.</summary>
public abstract record Credential
{
    private Credential()
    {
    }

    /// <summary>No credential is sent.</summary>
    public sealed record None : Credential
    {
        public static readonly None Instance = new();
    }

    /// <summary>A key, already resolved from its reference.</summary>
    /// <param name="Secret">The key itself.</param>
    /// <param name="Reference">Where it was found, for example <c>env:OPENAI_API_KEY</c>; may be told to the owner.</param>
    public sealed record ApiKey(string Secret, string Reference = "") : Credential
    {
        public override string ToString() => "api key";
    }

    /// <summary>A token of the host's own Entra identity.</summary>
    public sealed record Entra : Credential
    {
        public static readonly Entra Instance = new();
    }
}

/// <summary>How a simulated model behaves.</summary>
public sealed record SimulationModel
{
    public const double DefaultFirstTokenMilliseconds = 250;
    public const double DefaultTokensPerSecond = 60;

    /// <summary>Answers without a pause.</summary>
    public static readonly SimulationModel AtOnce = new() { FirstTokenLatency = TimeSpan.Zero, TokensPerSecond = 0 };

    public TimeSpan FirstTokenLatency { get; init; } = TimeSpan.FromMilliseconds(DefaultFirstTokenMilliseconds);

    /// <summary>Tokens after the first in a second; 0 is all at once.</summary>
    public double TokensPerSecond { get; init; } = DefaultTokensPerSecond;

    /// <summary>Share of calls, 0 to 1, that fail with a 503.</summary>
    public double FailureRate { get; init; }
}
