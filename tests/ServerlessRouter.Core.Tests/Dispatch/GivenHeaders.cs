using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Core.Tests.Dispatch;

internal sealed class GivenHeaders(params (string Name, string Value)[] headers) : IRequestHeaders
{
    public string? Get(string name)
    {
        foreach (var header in headers)
        {
            if (string.Equals(header.Name, name, StringComparison.OrdinalIgnoreCase))
                return header.Value;
        }

        return null;
    }
}
