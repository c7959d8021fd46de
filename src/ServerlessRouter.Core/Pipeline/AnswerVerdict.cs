namespace ServerlessRouter.Pipeline;

/// <summary>What a check says of an answer.</summary>
public readonly record struct AnswerVerdict
{
    private AnswerVerdict(bool isAccepted, string? why, double worth) => (IsAccepted, Why, Worth) = (isAccepted, why, worth);

    /// <summary>Nothing speaks against giving it.</summary>
    public static AnswerVerdict Accepted { get; } = new(true, null, 1);

    public bool IsAccepted { get; }

    /// <summary>What was found, in the router's own words; of an accepted answer only where there is something to say.</summary>
    public string? Why { get; }

    /// <summary>How good the answer still is should nothing better come, 0 to 1; nothing of worth 0 is ever given.</summary>
    public double Worth { get; }

    /// <summary>The grade 0 to 1 that a judge who read the answer gave it; null where only rules looked or the judge could not say.</summary>
    public double? Score { get; init; }

    /// <summary>Accepted, and there is something to say of it: a score, or why nothing could be decided.</summary>
    public static AnswerVerdict AcceptedWith(string why) => new(true, why, 1);

    public static AnswerVerdict Rejected(string why, double worth) => new(false, why, worth);
}
