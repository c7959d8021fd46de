using ServerlessRouter.Domain;

namespace ServerlessRouter.Errors;

/// <summary>Why one attempt failed. <paramref name="Detail"/> is written by the router, never a vendor's text.</summary>
public sealed record AttemptFailure(FailureKind Kind, string Detail)
{
    /// <summary>The request field at fault, where it is one; as <c>tools[0].function.name</c>.</summary>
    public string? Param { get; init; }

    /// <summary>The vendor's HTTP status, where there was one.</summary>
    public int? UpstreamStatus { get; init; }

    /// <summary>How long the vendor asked to wait.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The vendor's refusal, for the kinds that reach the caller as they are.</summary>
    public UpstreamRefusal? Refusal { get; init; }

    /// <summary>What the vendor says it bills all the same.</summary>
    public TokenUsage? Usage { get; init; }

    /// <summary>Bytes of content that came before it failed, from which usage is estimated where the vendor says nothing of it.</summary>
    public long ContentBytes { get; init; }

    /// <summary>The same without secrets in what reaches the caller; asked for them only where something does.</summary>
    public AttemptFailure Redacted(Func<IReadOnlyList<string>> secrets)
    {
        if (Refusal is not { } refusal)
            return this;
        var body = SecretRedaction.OfJson(refusal.Body, secrets());
        return body.Equals(refusal.Body) ? this : this with { Refusal = refusal with { Body = body } };
    }

    /// <summary>What follows from the kind.</summary>
    public FailureTraits Traits => FailureTraits.Of(Kind);
}
