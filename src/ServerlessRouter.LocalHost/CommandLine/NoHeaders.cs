using ServerlessRouter.Pipeline;

namespace ServerlessRouter.LocalHost.CommandLine;

/// <summary>The headers of a request that did not come over HTTP.</summary>
internal sealed class NoHeaders : IRequestHeaders
{
    public static readonly NoHeaders Instance = new();

    public string? Get(string name) => null;
}
