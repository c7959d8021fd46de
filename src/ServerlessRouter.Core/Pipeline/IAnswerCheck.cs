namespace ServerlessRouter.Pipeline;

/// <summary>Looks at the answer of a cascade's step and says whether it may be given or a stronger model should be asked.</summary>
public interface IAnswerCheck
{
    /// <summary>One of <see cref="Configuration.AnswerCheckNames"/>.</summary>
    string Name { get; }

    /// <summary>
    /// The verdict on one choice of an answer. What a check cannot decide it accepts. The answer may be anything, of up to 16 MiB: time and memory are bounded. Throws only when
    /// <paramref name="cancellationToken"/>, the caller's own, fires.
    /// </summary>
    ValueTask<AnswerVerdict> CheckAsync(AnswerToCheck answer, CancellationToken cancellationToken);
}
