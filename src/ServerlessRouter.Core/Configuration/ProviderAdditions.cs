using System.Collections.Immutable;

namespace ServerlessRouter.Configuration;

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
