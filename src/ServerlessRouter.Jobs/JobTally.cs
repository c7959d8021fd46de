using ServerlessRouter.Domain;

namespace ServerlessRouter.Jobs;

/// <summary>How far a job or a chunk of it is, added up from the settled rows of its items.</summary>
public readonly record struct JobTally
{
    /// <summary>Items that were answered.</summary>
    public int Completed { get; init; }

    /// <summary>Items that ended without an answer: failed, expired or cancelled.</summary>
    public int Failed { get; init; }

    public decimal CostUsd { get; init; }

    public long PromptTokens { get; init; }

    public long CachedTokens { get; init; }

    public long CompletionTokens { get; init; }

    public long ReasoningTokens { get; init; }

    public int Ended => Completed + Failed;

    public static JobTally operator +(JobTally left, JobTally right) => new()
    {
        Completed = left.Completed + right.Completed,
        Failed = left.Failed + right.Failed,
        CostUsd = Sums.Usd(left.CostUsd, right.CostUsd),
        PromptTokens = left.PromptTokens + right.PromptTokens,
        CachedTokens = left.CachedTokens + right.CachedTokens,
        CompletionTokens = left.CompletionTokens + right.CompletionTokens,
        ReasoningTokens = left.ReasoningTokens + right.ReasoningTokens,
    };

    /// <summary>The sum of two tallies.</summary>
    public static JobTally Add(JobTally left, JobTally right) => left + right;
}
