namespace ServerlessRouter.Audit;

/// <summary>A line of the audit log.</summary>
/// <param name="Id">Names it.</param>
/// <param name="At">When.</param>
/// <param name="Who">The admin.</param>
/// <param name="Action">What was done.</param>
/// <param name="Subject">To what.</param>
public sealed record AuditEntry(string Id, DateTimeOffset At, string Who, string Action, string Subject)
{
    /// <summary>As it was, as JSON.</summary>
    public string? Before { get; init; }

    /// <summary>As it was to be, as JSON.</summary>
    public string? After { get; init; }

    /// <summary>Why, where the admin said so.</summary>
    public string? Reason { get; init; }

    /// <summary>The request it came with.</summary>
    public required string RequestId { get; init; }

    /// <summary>One of <see cref="AuditOutcomes"/>.</summary>
    public required string Outcome { get; init; }
}

/// <summary>A line whose outcome is not known yet.</summary>
/// <param name="Id">Names it.</param>
public readonly record struct AuditLine(string Id);

/// <summary>What became of what a line tells of.</summary>
public static class AuditOutcomes
{
    public const string Done = "done";

    /// <summary>Another change came first, or what was asked for could not be.</summary>
    public const string NotDone = "not_done";

    /// <summary>The router, or its storage, went away in between; or the line is of a version that wrote no outcomes.</summary>
    public const string Unknown = "unknown";
}
