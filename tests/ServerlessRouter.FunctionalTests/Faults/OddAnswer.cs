using ServerlessRouter.Testing.Upstreams;

namespace ServerlessRouter.FunctionalTests.Faults;

/// <summary>An answer that is whole, in a form that trips careless readers.</summary>
/// <param name="Name">Unique; a failing test is found by it.</param>
/// <param name="Reply">The vendor's answer.</param>
/// <param name="Text">What the client is to read.</param>
public sealed record OddAnswer(string Name, Reply Reply, string Text)
{
    public Ways Ways { get; init; } = Ways.Both;

    /// <summary>Whether the vendor tells no usage, so that the bill can only be an estimate.</summary>
    public bool IsEstimated { get; init; }

    public override string ToString() => Name;
}
