namespace ServerlessRouter.Jobs;

/// <summary>Where a job is; OpenAI's states of a batch.</summary>
public enum JobStatus
{
    /// <summary>The input is not read yet.</summary>
    Validating,

    /// <summary>The input was refused; nothing ran.</summary>
    Failed,

    InProgress,

    /// <summary>Every item has ended; results are being put together.</summary>
    Finalizing,

    Completed,

    /// <summary>The window passed; items that had not begun by then were not run.</summary>
    Expired,

    /// <summary>The caller wants it to end; running items end, others are not begun.</summary>
    Cancelling,

    Cancelled,
}

/// <summary>The names and traits of job states.</summary>
public static class JobStatuses
{
    /// <summary>The name on the wire and in rows.</summary>
    public static string NameOf(JobStatus status) => status switch
    {
        JobStatus.Validating => "validating",
        JobStatus.Failed => "failed",
        JobStatus.InProgress => "in_progress",
        JobStatus.Finalizing => "finalizing",
        JobStatus.Completed => "completed",
        JobStatus.Expired => "expired",
        JobStatus.Cancelling => "cancelling",
        JobStatus.Cancelled => "cancelled",
    };

    /// <summary>The state of a name that <see cref="NameOf"/> gave.</summary>
    public static JobStatus Parse(string name) =>
        Enum.GetValues<JobStatus>().FirstOrDefault(status => NameOf(status) == name, (JobStatus)(-1)) is var found && (int)found >= 0
            ? found
            : throw new FormatException($"'{name}' is no state of a job.");

    /// <summary>Nothing changes any more.</summary>
    public static bool IsFinal(JobStatus status) => status is JobStatus.Failed or JobStatus.Completed or JobStatus.Expired or JobStatus.Cancelled;
}
