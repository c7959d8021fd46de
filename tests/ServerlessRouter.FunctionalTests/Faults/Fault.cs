namespace ServerlessRouter.FunctionalTests.Faults;

/// <summary>One way for an upstream to fail before any content, and what follows from it.</summary>
/// <param name="Name">Unique; a failing test is found by it.</param>
/// <param name="Upstream">Starts the upstream that fails this way.</param>
/// <param name="Status">What the client is told when no other model can answer.</param>
/// <param name="Code"><c>error.code</c> when no other model can answer.</param>
/// <param name="Health">What health learns.</param>
public sealed record Fault(string Name, Func<Task<FaultyUpstream>> Upstream, int Status, string Code, Lesson Health)
{
    public Ways Ways { get; init; } = Ways.Both;

    /// <summary>NoCaller else is asked: the request itself is at fault, and the client gets the vendor's words.</summary>
    public bool IsFinal { get; init; }

    /// <summary>The seconds in <c>Retry-After</c>, where the client is to get it.</summary>
    public int? RetryAfterSeconds { get; init; }

    /// <summary>Whether the client may try again of its own accord; else it is told <c>x-should-retry: false</c>.</summary>
    public bool MayBeRetried { get; init; }

    /// <summary>Words of the vendor that must reach the client.</summary>
    public string? Says { get; init; }

    /// <summary>The upstream shows no end: only time, which stands still until a test moves it, ends a call of it.</summary>
    public bool IsSilent => Status == FaultTable.GatewayTimeout;

    /// <summary>How long a call may be without content under <see cref="Limits"/>, in both ways of asking.</summary>
    public static readonly TimeSpan MaxSilence = TimeSpan.FromSeconds(2);

    /// <summary>Limits of a route under which another call has time left after a silent one.</summary>
    public static readonly string Limits = $""" "firstTokenSeconds": {MaxSilence.TotalSeconds}, "attemptSeconds": {MaxSilence.TotalSeconds}, "deadlineSeconds": {10 * MaxSilence.TotalSeconds} """;

    public override string ToString() => Name;
}
