using System.Collections.Frozen;
using System.Collections.Immutable;
using ServerlessRouter.Domain;

namespace ServerlessRouter.Configuration;

/// <summary>A kind of provider as data: what may be written for it and what its API lacks. Validation, routing, hosts and the schema for editors read it; only the call itself is code.</summary>
/// <remarks>The rows stand beside the folders of providers. Every member is required, so a row that lacks one does not compile.</remarks>
public abstract class ProviderKind
{
    /// <summary>What <c>providers.*.kind</c> says.</summary>
    public required string Name { get; init; }

    /// <summary>What its vendor calls itself.</summary>
    public required string Title { get; init; }

    /// <summary>What OpenTelemetry's conventions call its vendor, where that is not <see cref="Name"/>.</summary>
    public string? TelemetryName { get; init; }

    /// <summary>The kind whose calls it takes, for a vendor known by name; null for a kind with calls of its own.</summary>
    public ProviderKind? Base { get; init; }

    /// <summary>How its vendor is reached; null for a kind that answers on this machine and so takes no endpoint, credential, proxy, headers or query.</summary>
    public required ProviderAccess? Access { get; init; }

    /// <summary>Those of <see cref="KindMembers"/> that may be written for it.</summary>
    public required ImmutableArray<string> OwnMembers { get; init; }

    /// <summary>Parameters of OpenAI's schema that its API has no counterpart for.</summary>
    public required FrozenSet<string> UnsupportedParameters { get; init; }

    /// <summary>What its API is written in, besides what only some of its vendors have.</summary>
    public required WireSchema Schema { get; init; }

    /// <summary>Parameters of OpenAI's schema that its API calls otherwise: OpenAI's name to its own. A vendor that calls them by both names has none.</summary>
    public FrozenDictionary<string, string> RenamedParameters { get; init; } = FrozenDictionary<string, string>.Empty;

    /// <summary>It has OpenAI's responses beside its chat.</summary>
    public bool HasResponses { get; init; }

    /// <summary>It has OpenAI's embeddings beside its chat.</summary>
    public abstract bool MakesEmbeddings { get; }

    public sealed override string ToString() => Name;
}

/// <summary>How the vendor of a <see cref="ProviderKind"/> is reached, and what proves who is calling.</summary>
public sealed record ProviderAccess
{
    /// <summary>Where it is called when no endpoint is written; null where one must be.</summary>
    public required string? DefaultEndpoint { get; init; }

    /// <summary>What to write as an endpoint: what it is, and an example.</summary>
    public required string EndpointHint { get; init; }

    /// <summary>What a path of the vendor's ends with because the call adds it, so that an endpoint must not; without slashes around it.</summary>
    public required ImmutableArray<string> OperationSuffixes { get; init; }

    /// <summary>What the call adds to the endpoint before anything else, so that it must not stand anywhere in its path; null where a base address may have any path.</summary>
    public required string? OperationRoot { get; init; }

    /// <summary>The vendor's own clients add the version to the address that <see cref="EndpointVariables"/> hold.</summary>
    public bool ClientsAddVersion { get; init; }

    /// <summary>A server on this machine that is looked for, at its default address, where the environment tells of no vendor; its variable may hold a host alone.</summary>
    public bool IsLookedFor { get; init; }

    /// <summary>The header that carries an API key.</summary>
    public required string KeyHeader { get; init; }

    /// <summary>What stands before the key in that header.</summary>
    public required string KeyPrefix { get; init; }

    /// <summary>What a token of the host's own Entra identity must be for; null where the credential may not be that identity.</summary>
    public required string? EntraScope { get; init; }

    /// <summary>How the names of the only hosts end that may be shown such a token, with the dot before it; null where every endpoint is the owner's own resource.</summary>
    public string? EntraHosts { get; init; }

    /// <summary>An endpoint on this machine may be called without a credential.</summary>
    public required bool MayLackCredentialOnThisMachine { get; init; }

    /// <summary>Environment variables that usually hold a key of the vendor, the most usual first; none where it takes none.</summary>
    public ImmutableArray<string> KeyVariables { get; init; } = [];

    /// <summary>Environment variables that usually hold the endpoint, the most usual first.</summary>
    public ImmutableArray<string> EndpointVariables { get; init; } = [];

    /// <summary>The credential may be the host's own Entra identity.</summary>
    public bool TakesEntra => EntraScope is not null;

    /// <summary>The reference to the key that is meant where no credential is written; null where one must be. A key goes to no host but its vendor's, so it is none where the owner names another endpoint.</summary>
    /// <param name="endpoint">The endpoint as written.</param>
    public string? DefaultCredential(string? endpoint) =>
        KeyVariables is [var usual, ..] && (endpoint is null || DefaultEndpoint is null) ? $"env:{usual}" : null;
}

/// <summary>The members of a provider that only some kinds have; see <see cref="ProviderKind.OwnMembers"/>.</summary>
public static class KindMembers
{
    public const string ApiVersion = "apiVersion";
    public const string Responses = "responses";
    public const string Simulation = "simulation";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [ApiVersion, Responses, Simulation];
}

/// <summary>Lists kinds of provider in the words of sentences: what their rows say, for messages and for the schema that editors show.</summary>
internal static class KindLists
{
    /// <summary>For example <c>azure-openai</c>.</summary>
    public static string TakingEntra(IEnumerable<ProviderKind> kinds) => Names(kinds.Where(static kind => kind.Access is { TakesEntra: true }), "and");

    /// <summary>For example <c>simulated</c>.</summary>
    public static string Owning(string member, IEnumerable<ProviderKind> kinds) => Names(kinds.Where(kind => kind.OwnMembers.Contains(member)), "and");

    /// <summary>Replaces the words in braces in a member's description by what the rows say.</summary>
    public static string Fill(string description, IReadOnlyList<ProviderKind> kinds) => !description.Contains('{', StringComparison.Ordinal)
        ? description
        : description
            .Replace("{endpoints}", Endpoints(kinds), StringComparison.Ordinal)
            .Replace("{local}", Marked(kinds.Where(static kind => kind.Access is null), "and"), StringComparison.Ordinal)
            .Replace("{entra}", Marked(kinds.Where(static kind => kind.Access is { TakesEntra: true }), "and"), StringComparison.Ordinal)
            .Replace("{embeddings}", Marked(kinds.Where(static kind => kind is { Base: null, MakesEmbeddings: true }), "or") + " or a vendor's that makes embeddings", StringComparison.Ordinal)
            .Replace("{responses}", Marked(kinds.Where(static kind => kind.OwnMembers.Contains(KindMembers.Responses)), "and"), StringComparison.Ordinal)
            .Replace("{simulation}", Marked(kinds.Where(static kind => kind.OwnMembers.Contains(KindMembers.Simulation)), "or"), StringComparison.Ordinal);

    private static string Endpoints(IReadOnlyList<ProviderKind> kinds) =>
        string.Join(", ", kinds.Where(static kind => kind is { Base: null, Access.DefaultEndpoint: not null }).Select(static kind => $"`{kind.Access!.DefaultEndpoint}` for `{kind}`"))
        + $", the vendor's own for one known by name; none for {Marked(kinds.Where(static kind => kind.Access is null), "and")}";

    private static string Marked(IEnumerable<ProviderKind> kinds, string conjunction) => string.Join($" {conjunction} ", kinds.Select(static kind => $"`{kind}`"));

    private static string Names(IEnumerable<ProviderKind> kinds, string conjunction) => string.Join($" {conjunction} ", kinds.Select(static kind => kind.Name));
}
