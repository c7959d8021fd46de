using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Testing.Suites;

/// <summary>The headers a caller sent.</summary>
public sealed class CallerHeaders(params (string Name, string Value)[] headers) : IRequestHeaders
{
    public string? Get(string name) => headers.FirstOrDefault(header => string.Equals(header.Name, name, StringComparison.OrdinalIgnoreCase)).Value;
}
