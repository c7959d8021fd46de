using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Probes;

/// <summary>A probe comes from no caller, so it has no headers.</summary>
internal sealed class ProbeHeaders : IRequestHeaders
{
    public static ProbeHeaders None { get; } = new();

    public string? Get(string name) => null;
}
