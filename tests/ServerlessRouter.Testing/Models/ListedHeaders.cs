using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Testing.Models;

/// <summary>The headers a test lists; names are compared without case.</summary>
public sealed class ListedHeaders(params (string Name, string Value)[] headers) : IRequestHeaders
{
    private readonly Dictionary<string, string> _values =
        headers.ToDictionary(static header => header.Name, static header => header.Value, StringComparer.OrdinalIgnoreCase);

    public string? Get(string name) => _values.GetValueOrDefault(name);
}
