using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Benchmarks;

internal sealed class NoHeaders : IRequestHeaders
{
    public string? Get(string name) => null;
}
