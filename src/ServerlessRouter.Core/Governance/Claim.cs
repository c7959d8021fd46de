using ServerlessRouter.Configuration;

namespace ServerlessRouter.Governance;

/// <summary>What one request asks of one limit.</summary>
/// <param name="Subject">Whose count it is.</param>
/// <param name="Limit">The limit.</param>
/// <param name="Amount">How much is set aside until it is known what was used; 0 asks only whether anything is left.</param>
public readonly record struct Claim(LimitSubject Subject, LimitModel Limit, long Amount)
{
    /// <summary>How far the count may go for this claim: the limit's amount, or more where a request goes on at lower cost.</summary>
    public long Ceiling { get; init; } = Limit.Amount;

    /// <summary>The key that names this end user or session, among others that it names; null of any other subject. It stands here too, so that no request takes the subject's name apart.</summary>
    public string? NamedBy { get; init; }
}

/// <summary>Whose count a limit is: each subject has its own.</summary>
/// <param name="Kind">The kind of subject.</param>
/// <param name="Name">Its name; of an end user or a session <c>KEY/NAME</c> (<see cref="SubjectNames"/>), of a tag <c>NAME=VALUE</c>.</param>
public readonly record struct LimitSubject(SubjectKind Kind, string Name)
{
    /// <summary>For the router's owner, in the middle of a sentence.</summary>
    public override string ToString() => Kind switch
    {
        SubjectKind.Key => Name is null or "" ? "callers without a key" : $"the key {Name}",
        SubjectKind.EndUser => $"the end user {Name}",
        SubjectKind.Session => $"the session {Name}",
        SubjectKind.Tier => $"the tier {Name}",
        SubjectKind.Route => $"the route {Name}",
        SubjectKind.Model => $"the model {Name}",
        SubjectKind.Tag => $"the keys tagged {Name}",
        SubjectKind.Deployment => $"the deployment {Name}",
    };
}

/// <summary>The kinds of subjects that limits count for.</summary>
public enum SubjectKind
{
    Key,
    EndUser,
    Session,
    Tier,
    Route,
    Model,
    Tag,
    Deployment,
}
