namespace ServerlessRouter.FunctionalTests.Faults;

/// <summary>One way for a stream to fail after the client has seen content, when nothing can be replaced any more.</summary>
/// <param name="Name">Unique; a failing test is found by it.</param>
/// <param name="Upstream">Starts the upstream that fails this way.</param>
/// <param name="Text">All the client sees of the answer.</param>
/// <param name="Code"><c>error.code</c> of the chunk that ends the stream.</param>
public sealed record BrokenStream(string Name, Func<Task<FaultyUpstream>> Upstream, string Text, string Code)
{
    public override string ToString() => Name;
}
